import { adviceOf } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { devices } from "./devices.js";
import { signInForm } from "./sign-in-form.js";

/** The button that says who is signed in, and the dialog behind it. */
export function accountPanel(element, bus) {
  const button = h("button", { type: "button", "aria-haspopup": "dialog" });
  const title = h("h2", { id: "account-title", tabindex: -1 });
  const body = h("div");
  const message = h("p.account-message.small", { role: "status" });
  const close = h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "✕");
  const dialog = h(
    "dialog.account-dialog",
    { "aria-labelledby": "account-title" },
    h("div.account-head", {}, title, close),
    body,
    message,
  );
  element.append(button, dialog);

  const change = (wanted) => {
    message.textContent = "";
    bus.emit("change-session", wanted);
  };
  /** The button that was pressed may be gone. */
  const keepFocus = () => {
    if (dialog.open && !dialog.contains(document.activeElement)) title.focus();
  };
  let shown;
  let content;
  const show = (user) => {
    if (user === shown) return;
    shown = user;
    content = user ? devices(user, change) : signInForm(change);
    title.textContent = user ? `Signed in as ${user}` : "Sign in";
    body.replaceChildren(content.element);
    button.className = user ? "account-button" : "";
    button.replaceChildren(...(user ? [initial(user), h("span.account-name", {}, user)] : ["Sign in"]));
    button.setAttribute("aria-label", title.textContent);
    keepFocus();
  };
  const refresh = async () => {
    if (!dialog.open) return;
    await content.refresh();
    keepFocus();
  };
  const open = () => {
    message.textContent = "";
    dialog.showModal();
    void refresh();
  };

  show(null);
  button.addEventListener("click", open);
  bus.on("open-account", open);
  bus.on("session", ({ user }) => {
    show(user);
    void refresh();
  });
  bus.on("session-changed", ({ done = "" }) => {
    message.textContent = done;
  });
  bus.on("session-refused", (error) => {
    message.textContent = adviceOf(error);
  });
}

function initial(user) {
  return h("span.account-initial", { "aria-hidden": "true" }, [...user][0].toUpperCase());
}
