import { ConfigurationError } from "@holdfast/core";
import type { Session as RemixSession, SessionStorage } from "@remix-run/session";
import { parseSetCookie } from "cookie";
import type { SessionOptions } from "./options.ts";
import { RemixSessionView } from "./remix-session.ts";
import type { Session } from "./session.ts";
import { cookieNameOf, type Sessions, sessionsOf } from "./sessions.ts";
import { parseToken } from "./token.ts";

/**
 * A session storage for Remix 3's `session(cookie, storage)`. The signed cookie holds the token; its name and attributes
 * are those of Remix's cookie, not of the sessions.
 *
 * @param source Sessions, or the options to create them.
 */
export function createHoldfastSessionStorage<Data extends object = Record<string, unknown>>(
  source: Sessions<Data> | SessionOptions<Data>,
): SessionStorage {
  const sessions = sessionsOf(source);
  const name = cookieNameOf(sessions);
  return {
    async read(cookie) {
      // What another storage once put into the cookie may be any text, also one that looks like several cookies.
      const input = cookie ? `${name}=${parseToken(cookie)?.text ?? "none"}` : undefined;
      // Remix's class has private members, which only its own instances have; nothing looks for them.
      return new RemixSessionView(await sessions.load(input)) as unknown as RemixSession;
    },
    async save(session) {
      const view = viewOf(session);
      const [header] = (await sessions.commitHeaders(view.inner)).getSetCookie();
      if (header === undefined) return view.destroyed ? "" : null;
      return parseSetCookie(header).value ?? "";
    },
  };
}

/**
 * The session below: for `signIn`, `userId`, `status` and all that Remix's does not have.
 *
 * @param session What `context.get(Session)` returns.
 */
export function holdfastSession<Data extends object = Record<string, unknown>>(session: RemixSession): Session<Data> {
  return viewOf(session).inner as unknown as Session<Data>;
}

function viewOf(session: unknown): RemixSessionView {
  if (session instanceof RemixSessionView) return session;
  throw new ConfigurationError("This is not a session of Holdfast's storage. Pass what context.get(Session) returned.");
}
