import { adviceOf, askApi } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formatAgo } from "../lib/format.js";

/** Where the user is signed in, and ways to end that. */
export function devices(user, change) {
  const list = h("ul.devices", { "aria-label": "Your devices" });
  const hint = h("p.quiet.small", {});
  const elsewhere = signOutButton(
    "Sign out everywhere else",
    change,
    signOut("elsewhere", "All other devices were signed out."),
  );
  const everywhere = signOutButton(
    "Sign out everywhere",
    change,
    signOut("everywhere", "You are signed out everywhere."),
  );
  const element = h(
    "div.signed-in",
    {},
    h("h3", {}, "Your devices"),
    list,
    hint,
    h("div.signed-in-actions", {}, elsewhere, everywhere),
  );

  return {
    element,
    async refresh() {
      try {
        const { devices: found } = await askApi("/api/session/devices");
        list.replaceChildren(...found.toSorted(currentFirst).map((device) => row(device, change)));
        const isAlone = found.length === 1;
        elsewhere.hidden = isAlone;
        hint.textContent = isAlone
          ? `Only this one so far. Open Atlas in another browser or a private window, and sign in as ${user} there too.`
          : "A device that you sign out learns of it with its next request.";
      } catch (error) {
        hint.textContent = adviceOf(error);
      }
    },
  };
}

const currentFirst = (one, other) => other.current - one.current || other.lastSeenAt.localeCompare(one.lastSeenAt);

function row({ id, device, createdAt, lastSeenAt, current }, change) {
  const end = current
    ? signOut("here", "You are signed out here.")
    : { path: `/api/session/devices/${id}/sign-out`, done: `${device} was signed out.` };
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("strong", {}, device),
      current ? h("span.tag.this-device", {}, "this device") : null,
      h("p.quiet.small", {}, h("span", {}, "Signed in ", ago(createdAt)), h("span", {}, "Last seen ", ago(lastSeenAt))),
    ),
    signOutButton("Sign out", change, end, current ? "Sign out here" : `Sign out ${device}`),
  );
}

function ago(text) {
  const date = new Date(text);
  return h("time", { datetime: text, title: date.toLocaleString("en") }, formatAgo(date));
}

/** `done` is what to say once it is. */
function signOut(where, done) {
  return { path: "/api/session/sign-out", body: { where }, done };
}

function signOutButton(label, change, wanted, spoken) {
  return h("button", { type: "button", "aria-label": spoken, onclick: () => change(wanted) }, label);
}
