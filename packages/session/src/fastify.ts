import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { SessionInput } from "./request-facts.ts";
import { HEADERS_OF_ONE_RESPONSE } from "./response-headers.ts";
import type { Session } from "./session.ts";
import { needsCommit } from "./session-view.ts";

export interface HoldfastSessionOptions {
  /** What `createSessions` returned, for data of any type. */
  readonly sessions: {
    load(input: SessionInput): Promise<object>;
    commitHeaders(session: never): Promise<Headers>;
  };
  /** Where requests have their session. Sessions of two kinds side by side need two. @default "session" */
  readonly property?: string;
}

/** Not to be tried again for the error's own response. */
const failed = new WeakSet<object>();

/**
 * A plugin: loads each request's session into `request.session`, and commits it before the response's headers leave, in
 * `onSend`. A commit that fails goes to the error handler, and nothing is sent of what the handler replied. What a
 * stream changes while it is sent is not saved, nor what a reply changes that is hijacked: there, use
 * `sessions.commitHeaders`.
 */
export const holdfastSession: FastifyPluginAsync<HoldfastSessionOptions> = Object.assign(
  async (fastify: FastifyInstance, { sessions, property = "session" }: HoldfastSessionOptions): Promise<void> => {
    fastify.decorateRequest(property, null);
    fastify.addHook("onRequest", async (request) => {
      sessionsOf(request)[property] = (await sessions.load(request.raw)) as Session<object>;
    });
    fastify.addHook("onSend", async (request, reply, payload) => {
      // None if another plugin replied first.
      const session = sessionsOf(request)[property];
      if (!session || !needsCommit(session) || failed.has(session)) return payload;
      try {
        setCookies(reply, (await sessions.commitHeaders(session as never)).getSetCookie());
        return payload;
      } catch (error) {
        failed.add(session);
        abandon(reply, payload);
        throw error;
      }
    });
  },
  {
    // What fastify-plugin sets: https://fastify.dev/docs/latest/Reference/Plugins/#handle-the-scope
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@holdfast/session",
    [Symbol.for("plugin-meta")]: { name: "@holdfast/session", fastify: "5.x" },
  },
);

function sessionsOf(request: FastifyRequest): Record<string, Session<object> | null> {
  return request as object as Record<string, Session<object> | null>;
}

function setCookies(reply: FastifyReply, cookies: readonly string[]): void {
  if (cookies.length === 0) return;
  // Others' may be on the raw response, where the reply's would replace them.
  const others = [reply.getHeader("set-cookie") ?? []].flat().map(String);
  reply.removeHeader("set-cookie").header("set-cookie", [...others, ...cookies]);
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
}

/** Leaves nothing of a reply that an error takes the place of. */
function abandon(reply: FastifyReply, payload: unknown): void {
  for (const name of HEADERS_OF_ONE_RESPONSE) reply.removeHeader(name);
  reply.code(500);
  if (typeof payload !== "object" || payload === null) return;
  const body = payload as { destroy?(): unknown; cancel?(): Promise<unknown> };
  if (body.destroy) body.destroy();
  else body.cancel?.().catch(() => {});
}
