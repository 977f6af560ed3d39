import { h } from "../lib/dom.js";

/** Why a session that the browser had is gone. */
const WORDS = {
  revoked: "You were signed out on another device.",
  expired: "You had not been here for a while, so you were signed out.",
  unknown: "Atlas no longer knows this browser: the session ran out, or was kept in memory until a restart.",
};

/** Says once, and kindly, that a session has ended elsewhere or by itself. */
export function farewellPanel(element, bus) {
  const hide = () => {
    element.hidden = true;
    element.replaceChildren();
  };
  bus.on("session", ({ user, status }) => {
    if (user) hide();
    else if (WORDS[status]) {
      element.hidden = false;
      element.replaceChildren(
        h("p", {}, `${WORDS[status]} Searching works as before.`),
        h("button.primary", { type: "button", onclick: () => bus.emit("open-account") }, "Sign in again"),
        h("button", { type: "button", onclick: hide }, "Dismiss"),
      );
    }
  });
}
