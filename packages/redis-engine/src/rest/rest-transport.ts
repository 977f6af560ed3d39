import { ConfigurationError } from "@holdfast/core";
import type { CommandInFlight, RedisReply, RedisTransport, TransportFailure } from "../redis-transport.ts";
import { LONGEST_TIMER_MS } from "../start-timer.ts";
import type { RestAnswer, RestRequester } from "./requester.ts";
import { NO_ENDPOINT, rejected, toRestFailure } from "./rest-failures.ts";

/** Below the providers' 10 MB a request, with room for JSON's escapes. */
const MAX_TRIP_CHARACTERS = 4_000_000;
/** After the callers' own limits, or it would be left to chance which of the two speaks first. */
const ABORT_AFTER_MS = 50;
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
  #requester: Promise<RestRequester> | undefined;

  /** @param open Makes the client, at the first command. */
  constructor(open: () => Promise<RestRequester>) {
    this.#open = open;
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
    const signal = () => AbortSignal.timeout(longestWaitMs(live));
    const answer: unknown =
      live.length === 1
        ? [await requester.request({ body: first.command, signal })]
        : await requester.request({ path: ["pipeline"], body: bodies, signal });
    const answers: readonly unknown[] | undefined = Array.isArray(answer) ? answer : undefined;
    for (const [index, command] of live.entries()) settle(command, answers ? answers[index] : answer);
  }
}

/** Until no caller waits any more: each has a limit of its own, and is told of it as a timeout. */
function longestWaitMs(commands: readonly CommandInFlight[]): number {
  const last = commands.reduce((latest, { deadline }) => Math.max(latest, deadline), 0);
  return Math.min(Math.max(Math.ceil(last - performance.now()), 1) + ABORT_AFTER_MS, LONGEST_TIMER_MS);
}

function isAnswer(value: unknown): value is RestAnswer {
  return typeof value === "object" && value !== null && ("result" in value || "error" in value);
}

function settle(command: CommandInFlight, answer: unknown): void {
  if (answer === undefined) command.fail(NO_ANSWER);
  else if (!isAnswer(answer)) command.fail(NO_ENDPOINT);
  else if (answer.error !== undefined && answer.error !== null) command.fail(rejected(answer.error));
  else command.succeed((answer.result ?? null) as RedisReply);
}
