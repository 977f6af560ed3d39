import type { Context, MiddlewareHandler } from "hono";
import { HEADERS_OF_ONE_RESPONSE } from "./response-headers.ts";
import type { Session } from "./session.ts";
import { needsCommit } from "./session-view.ts";
import type { Sessions } from "./sessions.ts";

/**
 * A middleware: loads each request's session for `c.get("session")`, and commits it when the response is there. A commit
 * that fails goes to `app.onError` instead. What a streamed body changes while it is sent is not saved.
 *
 * @param options.variable The context's variable. Sessions of two kinds side by side need two. @default "session"
 */
export function session<Data extends object, Variable extends string = "session">(
  sessions: Sessions<Data>,
  options: { readonly variable?: Variable } = {},
): MiddlewareHandler<{ Variables: Readonly<Record<Variable, Session<Data>>> }> {
  const variable = (options.variable ?? "session") as Variable;
  return async (c, next) => {
    const loaded = await sessions.load(c.req.raw);
    c.set(variable, loaded as never);
    await next();
    if (!needsCommit(loaded)) return;
    try {
      setCookies(c, (await sessions.commitHeaders(loaded)).getSetCookie());
    } catch (error) {
      abandon(c);
      throw error;
    }
  };
}

function setCookies(c: Context, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
  if (cookies.length > 0 && !c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
}

/** Leaves nothing of a response that an error takes the place of: its headers would be added to the error's. */
function abandon(c: Context): void {
  c.res.body?.cancel().catch(() => {});
  c.res = undefined;
  c.finalized = false;
  c.status(500);
  for (const name of HEADERS_OF_ONE_RESPONSE) c.header(name, undefined);
}
