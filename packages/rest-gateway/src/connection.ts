import type { Redis, RedisOptions } from "ioredis";
import type { RedisCommand } from "./command.ts";
import type { Reply } from "./reply.ts";
import { RequestError } from "./request-error.ts";

/** The time limits of a connection, in milliseconds. */
export interface ConnectionLimits {
  /** How long a request waits for a connection that is being made again. */
  readonly connectWaitMs: number;
  /** How long the server may stay silent while it owes a reply. */
  readonly replyTimeoutMs: number;
}

/**
 * The options of every connection to the server.
 * - RESP 2, integers as strings, strings as bytes: replies come as the server wrote them, none rounded or reshaped.
 * - Command names go in upper case, which ioredis's own reply transformers (for `hgetall` and others) do not match.
 * - No offline queue and no resending: a write must not run twice, nor long after its caller gave up.
 */
export function connectionOptions({
  connectWaitMs,
  replyTimeoutMs,
}: ConnectionLimits): RedisOptions & { replyMapping: "legacy" } {
  return {
    protocol: 2,
    replyMapping: "legacy",
    stringNumbers: true,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Without the check a server that is loading its data answers LOADING itself, instead of being silent.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: Math.max(connectWaitMs, 250),
    socketTimeout: replyTimeoutMs,
    retryStrategy: (attempt) => Math.min(25 * attempt, 250),
  };
}

/**
 * Sends commands in one write, so that nothing of another caller comes between them.
 *
 * @returns The replies in order; a server's error is a value among them.
 * @throws {RequestError} 503 if the connection failed: the commands may or may not have run.
 */
export async function send(redis: Redis, commands: readonly RedisCommand[]): Promise<Reply[]> {
  const [first, ...others] = commands;
  if (first && others.length === 0) return [await sendOne(redis, first)];
  const pipeline = redis.pipeline();
  for (const { name, args } of commands) pipeline.callBuffer(name, [...args]);
  const outcomes = (await pipeline.exec()) ?? [];
  return outcomes.map(([error, reply]) => (error ? serverError(error) : (reply as Reply)));
}

async function sendOne(redis: Redis, { name, args }: RedisCommand): Promise<Reply> {
  try {
    return (await redis.callBuffer(name, [...args])) as Reply;
  } catch (error) {
    return serverError(error);
  }
}

/** @returns The server's own error. @throws {RequestError} 503 if `error` is none, but the connection's. */
export function serverError(error: unknown): Error {
  if (error instanceof Error && error.name === "ReplyError") return error;
  throw unavailable(error);
}

/**
 * The answer while the server is away: as the endpoint's own failure ("service unavailable"), not as the command's, so
 * that clients can tell the two apart. The cause carries the detail; the message names no address or password.
 */
export function unavailable(cause: unknown): RequestError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  const message = `ERR service unavailable: the gateway cannot reach its Redis server${code}. Is it running?`;
  return new RequestError(503, message, { cause });
}
