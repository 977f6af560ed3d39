import { askApi } from "./api.js";

/** Refusals that say that this page does not know of the session as it is: another tab or device has changed it. */
const OUTDATED = new Set([401, 403, 409]);

/**
 * Keeps the page up to date on who is signed in: at the start, whenever the window gets the focus, and after each change.
 * One request at a time, since each answer has the token that the next one needs.
 */
export function watchSession(bus) {
  let csrfToken = "";
  let storeWasAway = false;
  let turn = Promise.resolve();
  const inTurn = (work) => {
    turn = turn.then(work).catch(() => {
      // Said by the panel that asked, or, if the server is away, by the one about the counters.
    });
  };

  const take = (session) => {
    storeWasAway = session.status === "unavailable";
    // Who is signed in cannot be told then: what the page shows, stays.
    if (storeWasAway) return;
    csrfToken = session.csrfToken;
    bus.emit("session", session);
  };
  const ask = async () => take(await askApi("/api/session"));
  const change = async ({ path, body = {} }) => {
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrfToken };
    try {
      take(await askApi(path, {}, { method: "POST", headers, body: JSON.stringify(body) }));
    } catch (error) {
      if (OUTDATED.has(error.status)) await ask();
      throw error;
    }
  };

  bus.on("change-session", (wanted) =>
    inTurn(() =>
      change(wanted).then(
        () => bus.emit("session-changed", wanted),
        (error) => bus.emit("session-refused", error),
      ),
    ),
  );
  bus.on("searched", (search) => {
    // Over plain http to another host the browser would refuse the cookie: each search would begin a session of its own.
    if (window.isSecureContext) inTurn(() => change({ path: "/api/session/recent", body: search }));
  });
  bus.on("stats", ({ store }) => {
    if (!storeWasAway || store.state !== "up") return;
    storeWasAway = false;
    inTurn(ask);
  });
  window.addEventListener("focus", () => inTurn(ask));
  inTurn(ask);
}
