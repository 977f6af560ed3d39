import { ConfigurationError } from "@holdfast/core";
import type { SessionOptions } from "./options.ts";
import { RequestCommits } from "./request-commits.ts";
import type { SessionInput } from "./request-facts.ts";
import { type CookieSession, type RouterSession, RouterSessionView, type SessionData } from "./router-session.ts";
import type { Session } from "./session.ts";
import { type Sessions, sessionsOf } from "./sessions.ts";

export type { CookieSession, FlashSessionData, RouterSession, SessionData } from "./router-session.ts";

/** React Router's and Remix 2's `SessionStorage`. */
export interface HoldfastSessionStorage<Data, FlashData = Data> {
  /**
   * Finds a request's session.
   *
   * @param input The Cookie header, or better the request itself: then loaders of one request that run side by side go on
   * from each other's commits, also for a new visitor, prefetches eat no flash, and http://localhost needs no `secure: false`.
   */
  readonly getSession: (input?: SessionInput) => Promise<RouterSession<Data, FlashData>>;
  /**
   * Sends what was recorded.
   *
   * @returns The Set-Cookie header. Empty unless this session was given a cookie, which browsers take for no header: one
   * that repeats the request's cookie would undo the sign-in of another request that is answered meanwhile.
   * @throws What `commit` of the sessions does.
   */
  readonly commitSession: (session: CookieSession<Data, FlashData>) => Promise<string>;
  /** Ends the session. @returns The Set-Cookie header that makes the browser forget it; empty if there is nothing to forget. */
  readonly destroySession: (session: CookieSession<Data, FlashData>) => Promise<string>;
}

/**
 * Takes the place of `createCookieSessionStorage` and its like: the rest of the application stays as it is. With React
 * Router's middleware, {@link sessionMiddleware} is the simpler way.
 *
 * @param source Sessions, or the options to create them.
 */
export function createHoldfastSessionStorage<Data extends object = SessionData, FlashData extends object = Data>(
  source: Sessions<Data> | SessionOptions<Data>,
): HoldfastSessionStorage<Data, FlashData> {
  const sessions = sessionsOf(source);
  const requests = new WeakMap<Request, RequestCommits>();
  const commitsOf = (input: SessionInput): RequestCommits => {
    if (!(input instanceof Request)) return new RequestCommits();
    const known = requests.get(input) ?? new RequestCommits();
    requests.set(input, known);
    return known;
  };
  const commit = async ({ inner, commits }: RouterSessionView): Promise<string | undefined> => {
    const headers = await commits.inTurn(inner, () => sessions.commitHeaders(inner));
    return headers.getSetCookie()[0];
  };
  return {
    async getSession(input) {
      const view = new RouterSessionView(await sessions.load(input), commitsOf(input));
      return view as unknown as RouterSession<Data, FlashData>;
    },
    async commitSession(session) {
      const view = viewOf(session);
      view.recordChangesInPlace();
      if (view.isChanged) view.cookie = (await commit(view)) ?? view.cookie;
      return view.cookie;
    },
    async destroySession(session) {
      const view = viewOf(session);
      view.signOut();
      view.cookie = (await commit(view)) ?? "";
      return view.cookie;
    },
  };
}

function viewOf(session: object): RouterSessionView {
  if (session instanceof RouterSessionView) return session;
  throw new ConfigurationError("This is not a session of this storage. Pass what getSession() returned, as it is.");
}

/** React Router's key for a value of its context. */
export interface ContextKey<T> {
  readonly defaultValue?: T;
}

/** What is used of a middleware's arguments: structural, so that every version of React Router that has them fits. */
interface MiddlewareArgs {
  readonly request: Request;
  readonly context: { set<T>(key: ContextKey<T>, value: T): void };
}

/** A middleware for a route, mostly the root. */
export interface SessionMiddleware<Data extends object> {
  (args: MiddlewareArgs, next: () => Promise<Response>): Promise<Response>;
  /** `context.get(key)` in loaders, actions and the middleware of routes below. */
  readonly key: ContextKey<Session<Data>>;
}

/**
 * Loads a request's session once, for all loaders and actions below its route, and commits it when they are done, also
 * where one of them failed. What is changed later, while a response streams, is not sent.
 */
export function sessionMiddleware<Data extends object>(sessions: Sessions<Data>): SessionMiddleware<Data> {
  const key: ContextKey<Session<Data>> = {};
  const middleware = async ({ request, context }: MiddlewareArgs, next: () => Promise<Response>): Promise<Response> => {
    const session = await sessions.load(request);
    context.set(key, session);
    return sessions.commit(session, await next());
  };
  return Object.assign(middleware, { key });
}
