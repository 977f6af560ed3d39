import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticate } from "./access.ts";
import { type Answer, answerMany, answerOne, replyFormat } from "./answer.ts";
import { readBody } from "./body.ts";
import { createCommand, parseCommandBody, parseCommandsBody } from "./command.ts";
import { isEventStream, streamEvents } from "./event-stream.ts";
import { type Caller, runAll, runTransaction } from "./execute.ts";
import type { RedisServer } from "./redis-server.ts";
import { RequestError } from "./request-error.ts";
import { parseTarget } from "./target.ts";

/** What every request is handled with. */
export interface Handling {
  readonly server: RedisServer;
  readonly authenticate: Authenticate;
  /** The largest request body, in bytes. */
  readonly maxBodyBytes: number;
}

const methods: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "POST", "PUT"]);

/**
 * Does what a request asks for.
 *
 * @returns The answer, or `undefined` when the response has become an event stream.
 * @throws {RequestError} What the request fails with as a whole.
 */
export async function route(
  { server, authenticate, maxBodyBytes }: Handling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  if (!methods.has(request.method)) throw new RequestError(405, "ERR use GET, HEAD, POST or PUT");
  const { segments, queryArgs, token } = parseTarget(request.url ?? "/");
  const access = authenticate(request.headers.authorization, token);
  const format = replyFormat(request.headers);
  const caller: Caller = { access, signal: () => abortedOnClose(response) };
  const body = await readBody(request, maxBodyBytes);

  const [name, ...args] = segments;
  if (name === undefined) {
    const [reply = null] = await runAll(server, [parseCommandBody(body.toString())], caller);
    return answerOne(reply, format);
  }
  if (name === "pipeline" && args.length === 0) {
    return answerMany(await runAll(server, parseCommandsBody(body.toString()), caller), format);
  }
  if (name === "multi-exec" && args.length === 0) {
    const replies = await runTransaction(server, parseCommandsBody(body.toString()), caller);
    return answerMany(replies, format === "resp2" ? "utf8" : format);
  }
  if (isEventStream(name)) {
    await streamEvents(server, createCommand(name, args), caller, response);
    return undefined;
  }
  const command = createCommand(name, [...args, ...(body.length > 0 ? [body] : []), ...queryArgs]);
  const [reply = null] = await runAll(server, [command], caller);
  return answerOne(reply, format);
}

function abortedOnClose(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  else response.once("close", () => controller.abort());
  return controller.signal;
}
