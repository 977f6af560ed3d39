import { parseSetCookie } from "cookie";
import { cookies, headers } from "next/headers.js";
import { connection, type NextRequest } from "next/server.js";
import { cache } from "react";
import type { ReadonlySession, Session } from "./session.ts";
import { draftOf } from "./session-view.ts";
import type { Sessions } from "./sessions.ts";

export { type ProxyHandler, sessionProxy } from "./next-proxy.ts";

/** A handler of `route.ts` that is given the session beside Next's arguments. */
export type SessionHandler<Data extends object, Context> = (
  request: NextRequest,
  session: Session<Data>,
  context: Context,
) => Response | Promise<Response>;

/** A request's session in the parts of a Next application. */
export interface NextSessions<Data extends object> {
  /**
   * The session for rendering, found once per request however many components ask. Nothing can be changed, as Next cannot
   * set cookies while it renders, and reading a flashed field leaves it: an action forgets it once it was seen.
   *
   * @throws What `load` of the sessions does.
   */
  readonly getSession: () => Promise<ReadonlySession<Data>>;
  /**
   * Changes the session in a server function, and sends it when `work` is done, also by `redirect()` or `notFound()`. If
   * `work` fails, nothing is sent. Not while rendering.
   *
   * @returns What `work` does.
   * @throws What `load` and `commit` of the sessions do.
   */
  readonly updateSession: <Result>(work: (session: Session<Data>) => Result | Promise<Result>) => Promise<Result>;
  /** The same for a handler of `route.ts`. */
  readonly withSession: <Context = unknown>(
    handler: SessionHandler<Data, Context>,
  ) => (request: NextRequest, context: Context) => Promise<Response>;
}

export interface NextSessionOptions {
  /**
   * Where a visit of a page moves the session's end. Next hides from rendering what is a prefetch: one that renders a layout
   * counts as a visit, unless `"proxy"` leaves it to {@link sessionProxy}, which must then run before every page.
   *
   * @default "render"
   */
  readonly slidesIn?: "render" | "proxy";
}

/** @param sessions The application's; see {@link sessionProxy} for its `proxy.ts`. */
export function createNextSessions<Data extends object>(
  sessions: Sessions<Data>,
  { slidesIn = "render" }: NextSessionOptions = {},
): NextSessions<Data> {
  const commitToCookies = async (session: Session<Data>): Promise<void> => {
    const changed = (await sessions.commitHeaders(session)).getSetCookie();
    if (changed.length === 0) return;
    const store = await cookies();
    for (const header of changed) {
      const { name, value = "", ...attributes } = parseSetCookie(header);
      store.set(name, value, attributes);
    }
  };
  /** `redirect()` and `notFound()` throw, but only say how the request goes on. */
  const run = async <T>(session: Session<Data>, work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isNavigation(error)) await commitToCookies(session);
      throw error;
    }
  };
  return {
    getSession: cache(async () => {
      // What is rendered before a link is followed must not hold a session, as far as Next can tell.
      await connection();
      const input = await requestHeaders(await headers());
      if (slidesIn === "proxy") input.set("sec-purpose", "prefetch");
      const session = await sessions.load(input);
      draftOf(session).keepsFlash = true;
      return session;
    }),
    async updateSession(work) {
      const session = await sessions.load(await requestHeaders(await headers()));
      const result = await run(session, () => work(session));
      await commitToCookies(session);
      return result;
    },
    withSession: (handler) => async (request, context) => {
      const session = await sessions.load(await requestHeaders(request.headers));
      return sessions.commit(session, await run(session, () => handler(request, session, context)));
    },
  };
}

/** The request's headers with the cookies as they are by now: an action, then the page that is rendered after it. */
async function requestHeaders(given: Headers): Promise<Headers> {
  const store = (await cookies()).getAll().map(({ name, value }) => `${name}=${encodeURIComponent(value)}`);
  const now = new Headers(given);
  // Of several cookies of one name, Next's store knows the last only.
  now.set("cookie", [...store, given.get("cookie") ?? ""].join("; "));
  return now;
}

function isNavigation(error: unknown): boolean {
  const { digest } = (error ?? {}) as { digest?: unknown };
  return typeof digest === "string" && /^NEXT_(REDIRECT|HTTP_ERROR_FALLBACK);/.test(digest);
}
