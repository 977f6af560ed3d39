import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createAuthenticate } from "./access.ts";
import { type Answer, answerError } from "./answer.ts";
import type { ResolvedGatewayOptions } from "./gateway-options.ts";
import type { RedisServer } from "./redis-server.ts";
import { type Handling, route } from "./route.ts";

/** Makes the HTTP server's listener: every request gets an answer, whatever happens. */
export function createListener(
  server: RedisServer,
  { token, readOnlyToken, maxBodyBytes }: ResolvedGatewayOptions,
): RequestListener {
  const handling: Handling = { server, authenticate: createAuthenticate(token, readOnlyToken), maxBodyBytes };
  const session = randomBytes(6).toString("base64url");
  let answered = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let outcome: Answer | undefined;
    try {
      outcome = await route(handling, request, response);
    } catch (error) {
      outcome = answerError(error);
      // After a refused body the rest of the upload may still be on its way; it must not be read as a next request.
      if (!request.complete) response.setHeader("connection", "close");
    }
    if (outcome === undefined || response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    answered += 1;
    response.writeHead(outcome.status, {
      "content-type": outcome.contentType,
      "content-length": Buffer.byteLength(outcome.body),
      // The client echoes it so that replicas can wait for its writes; behind the gateway there are none.
      "upstash-sync-token": `${session}=${answered}`,
    });
    response.end(outcome.body);
  }
  return (request, response) => void answer(request, response);
}
