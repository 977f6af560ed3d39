import { h } from "../lib/dom.js";

/** Signing in with a name, and nothing else. */
export function signInForm(change) {
  const input = h("input", {
    id: "name",
    name: "name",
    required: true,
    maxlength: 40,
    autocomplete: "nickname",
    spellcheck: "false",
    autofocus: true,
    "aria-describedby": "sign-in-demo",
  });
  const element = h(
    "form.sign-in",
    {
      onsubmit(event) {
        event.preventDefault();
        change({ path: "/api/session/sign-in", body: { name: input.value } });
      },
    },
    h("label", { for: "name" }, "Your name"),
    h("div.sign-in-row", {}, input, h("button.primary", { type: "submit" }, "Sign in")),
    h(
      "p.quiet.small",
      { id: "sign-in-demo" },
      "This is a demo, so there is no password: whoever enters a name is that person. Your recent searches come along.",
    ),
    window.isSecureContext
      ? null
      : h(
          "p.small",
          {},
          "Over plain http, browsers keep the cookie on localhost and 127.0.0.1 only: open Atlas there.",
        ),
  );
  return { element, refresh() {} };
}
