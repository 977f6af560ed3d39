import { ConfigurationError, createEmitter, requireCapability } from "@holdfast/core";
import { Committing } from "./committing.ts";
import type { SessionContext } from "./context.ts";
import { isFromOurPage } from "./csrf.ts";
import type { Draft } from "./draft.ts";
import { Loading } from "./loading.ts";
import { resolveOptions, type SessionOptions } from "./options.ts";
import type { SessionInput } from "./request-facts.ts";
import type { ReadonlySession, Session } from "./session.ts";
import { SessionCookie } from "./session-cookie.ts";
import { SessionKeySpace } from "./session-key-space.ts";
import { draftOf, needsCommit, SessionView } from "./session-view.ts";
import { type UserSession, UserSessions } from "./user-sessions.ts";

/** Sessions of a namespace. */
export interface Sessions<Data extends object> {
  /**
   * Finds a request's session. Without a cookie, or with one that cannot be a token, nothing is asked of the store; with
   * one, one round trip finds the session and moves its end.
   *
   * @throws {BackendUnavailableError | BackendTimeoutError} Unless `onStoreError` is `"anonymous"`.
   * @throws {ValidationError} The stored data is not valid, and `onInvalid` is `"throw"`.
   */
  load(input: SessionInput): Promise<Session<Data>>;
  /**
   * Sends what the session recorded, in one round trip; nothing if nothing was. On a cluster, signing in takes two.
   *
   * @returns The response, with a Set-Cookie header where the browser is to learn of a new token, or to forget one.
   * @throws {SessionConflictError} Another request changed the same fields. Nothing was written.
   * @throws {ValidationError | ValueTooLargeError | WrongTypeError} Nothing was written.
   * @throws {BackendUnavailableError | BackendTimeoutError} `outcome` says whether it may have been written.
   */
  commit(session: Session<Data>, response: Response): Promise<Response>;
  /** The same for other kinds of responses: the headers to add. */
  commitHeaders(session: Session<Data>): Promise<Headers>;
  /** The user's sessions that are alive, the oldest first. Two round trips. */
  list(userId: string, options?: { readonly current?: ReadonlySession<Data> }): Promise<UserSession[]>;
  /** Ends one of the user's sessions. @returns Whether it was alive. */
  revoke(userId: string, id: string): Promise<boolean>;
  /**
   * Ends all of the user's sessions that there are now, those included that other requests are about to save.
   *
   * @throws {ConfigurationError} `except` is not a session of this user.
   */
  revokeAll(userId: string, options?: { readonly except?: ReadonlySession<Data> }): Promise<void>;
  /**
   * Whether a page of this site sent the request. Ask before anything that changes something.
   *
   * @param token What the form sent of `session.csrfToken()`.
   */
  verifyCsrf(session: ReadonlySession<Data>, token: unknown): Promise<boolean>;
}

/** What bindings use of sessions beside their methods. */
interface Internals {
  readonly cookieName: string;
  readonly load: (input: SessionInput) => object | Promise<object>;
}

const internals = new WeakMap<object, Internals>();

/**
 * @throws {ConfigurationError} Options contradict each other, or browsers would drop the cookie.
 * @throws {RangeError} A duration or a size is out of its range.
 * @throws {InvalidKeyError} The namespace is not one.
 * @throws {UnsupportedCapabilityError} The backend has no store for sessions.
 */
export function createSessions<Data extends object = Record<string, unknown>>(
  options: SessionOptions<Data>,
): Sessions<Data> {
  requireCapability(options.backend, "sessions", "createSessions");
  const resolved = resolveOptions(options);
  const context: SessionContext<Data> = {
    options: resolved,
    store: options.backend.sessions,
    bounds: resolved.timeoutMs === undefined ? undefined : { timeoutMs: resolved.timeoutMs },
    keys: new SessionKeySpace(options.namespace ?? "app"),
    cookie: new SessionCookie(options.cookie, resolved.absoluteMs),
    importSession: options.import,
    emit: createEmitter(options.events),
  };
  const loading = new Loading(context);
  const committing = new Committing(context, loading);
  const userSessions = new UserSessions(context);
  const view = (draft: Draft) => new SessionView<Data>(draft, context.keys);
  const load = (input: SessionInput) => {
    const draft = loading.load(input);
    return draft instanceof Promise ? draft.then(view) : view(draft);
  };
  const sessions: Sessions<Data> = {
    load: async (input) => load(input),
    async commit(session, response) {
      if (!needsCommit(session)) return response;
      const cookies = await committing.commit(draftOf(session));
      return cookies.length === 0 ? response : withCookies(response, cookies);
    },
    async commitHeaders(session) {
      const headers = new Headers();
      if (!needsCommit(session)) return headers;
      for (const cookie of await committing.commit(draftOf(session))) headers.append("set-cookie", cookie);
      return headers;
    },
    list: (userId, { current } = {}) => userSessions.list(userId, current && draftOf(current)),
    revoke: (userId, id) => userSessions.revoke(userId, id),
    revokeAll: (userId, { except } = {}) => userSessions.revokeAll(userId, except && draftOf(except)),
    verifyCsrf: (session, token) => isFromOurPage(draftOf(session), token),
  };
  internals.set(sessions, { cookieName: context.cookie.name, load });
  return sessions;
}

/** For bindings whose frameworks type fields in their own ways. @param source Sessions, or the options to create them. */
export function sessionsOf<Data extends object>(
  source: Sessions<Data> | SessionOptions<Data>,
): Sessions<Record<string, unknown>> {
  return ("load" in source ? source : createSessions(source)) as unknown as Sessions<Record<string, unknown>>;
}

/**
 * The name under which a bare token is found, for a framework that has a cookie of its own.
 *
 * @throws {ConfigurationError} `createSessions` did not make it.
 */
export function cookieNameOf(sessions: object): string {
  const { cookieName } = internals.get(sessions) ?? {};
  if (cookieName !== undefined) return cookieName;
  throw new ConfigurationError("These are not sessions. Pass what createSessions() returned, as it is.");
}

/** As `sessions.load`; at once for a visitor, whom a turn of the event loop's microtasks would slow down. */
export function loadNow<Data extends object>(
  sessions: Sessions<Data>,
  input: SessionInput,
): Session<Data> | Promise<Session<Data>> {
  const known = internals.get(sessions);
  return known ? (known.load(input) as Session<Data> | Promise<Session<Data>>) : sessions.load(input);
}

/** A copy: headers of redirects and of fetched responses cannot be changed. */
function withCookies(response: Response, cookies: readonly string[]): Response {
  const copy = new Response(response.body, response);
  for (const cookie of cookies) copy.headers.append("set-cookie", cookie);
  // A shared cache would hand one visitor's session to another.
  if (!copy.headers.has("cache-control")) copy.headers.set("cache-control", "no-store");
  return copy;
}
