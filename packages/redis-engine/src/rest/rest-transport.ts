import { ConfigurationError } from "@holdfast/core";
import type { CommandInFlight, RedisReply, RedisTransport, TransportFailure } from "../redis-transport.ts";
import type { RestAnswer, RestRequester } from "./requester.ts";
import { rejected, toRestFailure } from "./rest-failures.ts";

/** Below the providers' 10 MB a request, with room for JSON's escapes. */
const MAX_TRIP_CHARACTERS = 4_000_000;
const NO_ANSWER: TransportFailure = {
  kind: "unreachable",
  message: "the endpoint answered fewer commands than it was sent",
  outcome: "unknown",
};

/**
 * Sends commands as the REST protocol of Upstash and Vercel KV: one as a single command, several as a pipeline.
 *
 * @see https://upstash.com/docs/redis/features/restapi
 */
export class RestTransport implements RedisTransport {
  readonly maxTripCharacters: number = MAX_TRIP_CHARACTERS;
  readonly #open: () => Promise<RestRequester>;
  readonly #timeoutMs: number;
  #requester: Promise<RestRequester> | undefined;

  /** @param open Makes the client, at the first command. */
  constructor(open: () => Promise<RestRequester>, timeoutMs: number) {
    this.#open = open;
    this.#timeoutMs = timeoutMs;
  }

  send(commands: readonly CommandInFlight[]): void {
    this.#trip(commands).catch((error: unknown) => {
      const failure: TransportFailure =
        error instanceof ConfigurationError ? { kind: "misconfigured", message: error.message } : toRestFailure(error);
      for (const command of commands) command.fail(failure);
    });
  }

  async close(): Promise<void> {}

  async #trip(commands: readonly CommandInFlight[]): Promise<void> {
    this.#requester ??= this.#open();
    const requester = await this.#requester;
    const live = commands.filter((command) => !command.settled);
    const [first] = live;
    if (!first) return;
    for (const command of live) command.markSent();
    const bodies = live.map(({ command }) => command);
    const signal = () => AbortSignal.timeout(this.#timeoutMs);
    const answer =
      live.length === 1
        ? [await requester.request({ body: first.command, signal })].flat()
        : await requester.request({ path: ["pipeline"], body: bodies, signal });
    if (!Array.isArray(answer)) throw new TypeError("the endpoint does not answer pipelines");
    for (const [index, command] of live.entries()) settle(command, answer[index]);
  }
}

function settle(command: CommandInFlight, answer: RestAnswer | undefined): void {
  if (answer === undefined) command.fail(NO_ANSWER);
  else if (answer.error !== undefined && answer.error !== null) command.fail(rejected(answer.error));
  else command.succeed((answer.result ?? null) as RedisReply);
}
