import type { Expiring, Trip } from "./deadlines.ts";
import type { CommandInFlight, RedisCommand, RedisReply, TransportFailure } from "./redis-transport.ts";

/** Turns a reply into what the store's method returns. */
export type Decode<T> = (reply: RedisReply) => T;

/** What its queue is told of a pending command. */
export interface PendingCommandOwner {
  onFailure(command: PendingCommand, failure: TransportFailure): void;
  onTimeout(command: PendingCommand): void;
  /** The reply or the final error has reached the caller. */
  onSettled(failed: boolean): void;
}

/** One call, from its caller's request to its settlement, over all its attempts. */
export class PendingCommand implements CommandInFlight, Expiring {
  readonly command: RedisCommand;
  /** Names the operation in errors. */
  readonly label: string;
  /** May be sent again when it is not known whether it was applied. */
  readonly repeatable: boolean;
  readonly promise: Promise<unknown>;
  settled = false;
  sent = false;
  attempts = 0;
  /** When its caller no longer waits, in milliseconds of `performance.now()`; 0 until its first trip decides. */
  deadline = 0;
  /** The trip that it left with last. */
  trip: Trip | undefined;
  /** Whether a timer of its own bounds it, not its trip's deadline. */
  ownTimer = false;
  /** Frees what bounds this call alone: its own timer, its signal's listener. */
  release: (() => void) | undefined;

  readonly #owner: PendingCommandOwner;
  readonly #decode: Decode<unknown>;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    owner: PendingCommandOwner,
    command: RedisCommand,
    label: string,
    decode: Decode<unknown>,
    repeatable: boolean,
  ) {
    this.#owner = owner;
    this.command = command;
    this.label = label;
    this.#decode = decode;
    this.repeatable = repeatable;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  markSent(): void {
    this.sent = true;
  }

  succeed(reply: RedisReply): void {
    if (this.settled) return;
    let value: unknown;
    try {
      value = this.#decode(reply);
    } catch (error) {
      this.reject(error);
      return;
    }
    this.#settle(false);
    this.#resolve(value);
  }

  fail(failure: TransportFailure): void {
    if (!this.settled) this.#owner.onFailure(this, failure);
  }

  /** Its trip's deadline has passed. */
  expire(): void {
    if (!this.ownTimer) this.#owner.onTimeout(this);
  }

  /** Ends the call with an error for its caller: a fault, or an abort signal's reason. */
  reject(reason: unknown): void {
    if (this.settled) return;
    this.#settle(true);
    this.#reject(reason);
  }

  #settle(failed: boolean): void {
    this.settled = true;
    this.trip?.settleOne();
    this.release?.();
    this.#owner.onSettled(failed);
  }
}
