import { ConfigurationError } from "@holdfast/core";
import { HeldResponse } from "./held-response.ts";
import type { NodeResponse } from "./node-response.ts";
import type { NodeHeaders } from "./request-facts.ts";
import type { Session } from "./session.ts";
import { draftOf, needsCommit, whenCommitMayBeNeeded } from "./session-view.ts";
import { loadNow, type Sessions } from "./sessions.ts";

/** What is used of Express's request. */
export interface ExpressRequest {
  readonly method?: string | undefined;
  readonly headers: NodeHeaders;
}

/** A middleware, as Express takes it. */
export type ExpressMiddleware<Request extends ExpressRequest = ExpressRequest> = (
  request: Request,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => void | Promise<void>;

/** A request that is to change something, and that no page of this site sent. Express answers it with 403. */
export class CsrfError extends Error {
  readonly code = "CSRF";
  readonly status = 403;

  constructor() {
    super(
      "The request has no CSRF token of its session. Send what session.csrfToken() gave: as the header x-csrf-token, or as the field _csrf of a body that is parsed before this.",
    );
    this.name = "CsrfError";
  }
}

/** Requests with these change nothing: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Under which symbol requests hold the session of each kind. */
const slots = new WeakMap<object, symbol>();

/**
 * Loads each request's session into `request.session`, and commits it before the response's headers leave. A response
 * that nothing is to be committed for is not delayed.
 *
 * What is changed after that is committed before the body ends, except what needs a new cookie: to begin a session, to
 * sign in, or to rotate, do so before anything of the body is sent. What is changed after the end is not saved. A commit
 * that fails goes to Express's error handlers; nothing of what the handler was sending is sent, unless headers have left.
 *
 * @param options.property Where the session goes instead. Sessions of two kinds side by side need two. @default "session"
 */
export function sessionMiddleware<Data extends object>(
  sessions: Sessions<Data>,
  { property = "session" }: { readonly property?: string } = {},
): ExpressMiddleware {
  const slot = slotOf(sessions);
  return (request, response, next) => {
    const properties = request as unknown as Record<string | symbol, unknown>;
    const present = properties[property];
    if (present !== undefined && present !== properties[slot]) return next(taken(property));
    const attach = (session: Session<Data>) => {
      if (!properties[slot]) {
        properties[slot] = session;
        commitBeforeSending(response, sessions, session, next);
      }
      properties[property] = properties[slot];
      next();
    };
    const session = (properties[slot] as Session<Data> | undefined) ?? loadNow(sessions, request);
    return session instanceof Promise ? session.then(attach, next) : attach(session);
  };
}

/**
 * The session that `sessionMiddleware` loaded, with its type.
 *
 * @throws {ConfigurationError} It did not: `app.use(sessionMiddleware(sessions))` is missing, or comes later.
 */
export function sessionOf<Data extends object>(request: ExpressRequest, sessions: Sessions<Data>): Session<Data> {
  const session = (request as unknown as Record<symbol, unknown>)[slotOf(sessions)];
  if (session) return session as Session<Data>;
  throw new ConfigurationError(
    "This request has no session of these sessions. Put app.use(sessionMiddleware(sessions)) before what uses it.",
  );
}

/**
 * Refuses requests that are to change something unless a page of this site sent them; for those of a visitor without a
 * session, the browser's word is taken. It follows `sessionMiddleware` and the parser of bodies.
 *
 * @param options.read Finds the token. @default the header x-csrf-token, or `_csrf` of the parsed body
 */
export function csrfProtection<Data extends object, Request extends ExpressRequest = ExpressRequest>(
  sessions: Sessions<Data>,
  { read = readToken }: { readonly read?: (request: Request) => unknown } = {},
): ExpressMiddleware<Request> {
  return async (request, _response, next) => {
    try {
      const isSafe = SAFE_METHODS.has(request.method);
      if (!isSafe && !(await sessions.verifyCsrf(sessionOf(request, sessions), read(request)))) throw new CsrfError();
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
}

function slotOf(sessions: object): symbol {
  const known = slots.get(sessions);
  if (known) return known;
  const slot = Symbol("session");
  slots.set(sessions, slot);
  return slot;
}

function commitBeforeSending<Data extends object>(
  response: NodeResponse,
  sessions: Sessions<Data>,
  session: Session<Data>,
  fail: (error: unknown) => void,
): void {
  const awaited = {
    // A cookie that leads nowhere is taken back once.
    isDue: (isFirst: boolean) => (isFirst ? needsCommit(session) : draftOf(session).isChanged),
    run: async (headersHaveLeft: boolean) => {
      const cookies = (await sessions.commitHeaders(session)).getSetCookie();
      if (!headersHaveLeft) return cookies;
      // The cookie of a session that has ended is taken back by the next response.
      if (cookies.length > 0 && !session.isNew) throw tooLate();
      return [];
    },
    fail,
  };
  // Own methods make a response slower, so that most responses keep theirs.
  whenCommitMayBeNeeded(session, () => new HeldResponse(response, awaited).install());
}

function taken(property: string): ConfigurationError {
  return new ConfigurationError(
    `request.${property} is in use, by another middleware or by other sessions. Pass sessionMiddleware(sessions, { property: … }).`,
  );
}

function tooLate(): ConfigurationError {
  return new ConfigurationError(
    "The session began, signed in or rotated after the response's headers had left, so that the browser does not get its cookie. Do so before sending anything.",
  );
}

function readToken(request: ExpressRequest): unknown {
  const { headers, body } = request as ExpressRequest & { readonly body?: Readonly<Record<string, unknown>> };
  return headers["x-csrf-token"] ?? body?.["_csrf"];
}
