import type { BusHandlers, BusSubscription, Outcome } from "@holdfast/core";

/** A command as it goes over the wire: its name in capitals, then its arguments. */
export type RedisCommand = readonly [name: string, ...args: (string | number)[]];

/** A reply as RESP2 and the REST protocol give it: maps are flat arrays, doubles are strings. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** Why a command has no reply. The texts of the first two may hold values and secrets; the engine redacts them. */
export type TransportFailure =
  /** The server answered with an error; the command was not applied. */
  | { readonly kind: "rejected"; readonly message: string }
  /** The server could not be reached, or the connection broke before the reply. */
  | { readonly kind: "unreachable"; readonly message: string; readonly outcome: Outcome }
  /** What answers is not what the options say: wrong protocol, TLS on one side only, wrong address. */
  | { readonly kind: "misconfigured"; readonly message: string };

/** One command of a trip. The transport settles each exactly once; settling it again does nothing. */
export interface CommandInFlight {
  readonly command: RedisCommand;
  /** Its caller has gone (timeout or abort): leave it out if it was not sent yet. */
  readonly settled: boolean;
  /** When its caller no longer waits, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** To be called before the bytes leave: from here on, a missing reply means that the outcome is unknown. */
  markSent(): void;
  succeed(reply: RedisReply): void;
  fail(failure: TransportFailure): void;
}

/**
 * How one client sends bytes. Batching, timeouts, retries, redaction and script loading are the
 * engine's; a transport sends each command once and neither queues nor repeats.
 */
export interface RedisTransport {
  /** Sends the commands in order, in one trip where they go to one node. Does not throw. */
  send(commands: readonly CommandInFlight[]): void;
  /** About how many characters one trip may carry; no limit if absent. */
  readonly maxTripCharacters?: number | undefined;
  /** What the client itself puts before every key, but not into patterns, replies and channels. */
  readonly keyPrefix?: string | undefined;
  /** On a cluster: the slot of a key, so that commands over many keys are split. */
  readonly slotOf?: ((key: string) => number) | undefined;
  /** On a cluster: one transport for each master, to iterate over every key. */
  readonly masters?: (() => readonly Pick<RedisTransport, "send">[]) | undefined;
  /** Listens to a channel over a connection of its own. Absent where the client cannot. */
  subscribe?(channel: string, handlers: BusHandlers): Promise<BusSubscription>;
  /** What is known of a connection that is not up; a reason for callers who waited for it. */
  lastFailure?(): TransportFailure | undefined;
  /** Grows when the server was restarted or another took its place. */
  generation?(): number;
  /** A command had no answer in time: the place to look whether the connection is dead. */
  suspect?(): void;
  close(): Promise<void>;
}
