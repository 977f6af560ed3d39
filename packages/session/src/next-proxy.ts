import { parseSetCookie } from "cookie";
import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server.js";
import type { Session } from "./session.ts";
import { draftOf } from "./session-view.ts";
import type { Sessions } from "./sessions.ts";

/** What a proxy does with a request. @returns A response, or nothing to go on to the page. */
export type ProxyHandler<Data extends object> = (
  request: NextRequest,
  session: Session<Data>,
  event: NextFetchEvent,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing needs no `return`.
) => Response | undefined | void | Promise<Response | undefined | void>;

/** Names in which a proxy's response tells Next of changed request headers, as `NextResponse.next()` writes them. */
const OVERRIDDEN = "x-middleware-override-headers";
const OVERRIDE = "x-middleware-request-";

/**
 * A `proxy.ts` that loads the session, moves its end, and sends what the handler changed. The page that Next then renders,
 * and its route handlers, see the session as it is by then.
 *
 * Next hides from a proxy which requests are prefetches: leave them out in its `config.matcher`. Flashed fields that the
 * handler reads stay.
 */
export function sessionProxy<Data extends object>(
  sessions: Sessions<Data>,
  handler?: ProxyHandler<Data>,
): (request: NextRequest, event: NextFetchEvent) => Promise<Response> {
  return async (request, event) => {
    const session = await sessions.load(request);
    draftOf(session).keepsFlash = true;
    const response = (await handler?.(request, session, event)) ?? NextResponse.next();
    const committed = await sessions.commit(session, response);
    const changed = committed.headers.getSetCookie().slice(response.headers.getSetCookie().length);
    const goesOn = committed.headers.has("x-middleware-next") || committed.headers.has("x-middleware-rewrite");
    if (goesOn && changed.length > 0) forward(changed, request, committed.headers);
    return committed;
  };
}

/** Has the request go on with the changed cookies. */
function forward(changed: readonly string[], request: NextRequest, response: Headers): void {
  if (!response.has(OVERRIDDEN)) {
    const unchanged = NextResponse.next({ request: { headers: new Headers(request.headers) } });
    for (const [name, value] of unchanged.headers) if (name !== "x-middleware-next") response.set(name, value);
  }
  const names = new Set(response.get(OVERRIDDEN)?.split(",") ?? []);
  const cookie = changeCookies(response.get(`${OVERRIDE}cookie`) ?? "", changed);
  response.set(`${OVERRIDE}cookie`, cookie);
  response.set(OVERRIDDEN, [...names.add("cookie")].join(","));
}

/** A Cookie header as it is once the browser has followed Set-Cookie headers. */
function changeCookies(cookieHeader: string, changed: readonly string[]): string {
  const cookies = changed.map((header) => parseSetCookie(header));
  const names = new Set(cookies.map(({ name }) => name));
  const others = cookieHeader.split(/; */).filter((pair) => pair && !names.has(pair.slice(0, pair.indexOf("="))));
  const set = cookies.filter(({ maxAge }) => maxAge !== 0).map(({ name, value }) => `${name}=${value}`);
  return [...others, ...set].join("; ");
}
