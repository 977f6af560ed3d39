import { type BackendStats, BackendTimeoutError, BackendUnavailableError, type CallOptions } from "@holdfast/core";
import { Deadlines } from "./deadlines.ts";
import { toHoldfastError } from "./failures.ts";
import { mergeReads } from "./merged-read.ts";
import { type Decode, PendingCommand, type PendingCommandOwner } from "./pending-command.ts";
import type { CommandInFlight, RedisCommand, RedisTransport, TransportFailure } from "./redis-transport.ts";
import { startTimer } from "./start-timer.ts";

export interface CommandQueueOptions {
  /** Begins every error message. */
  readonly name: string;
  /** Milliseconds a call may take, all attempts together. */
  readonly timeoutMs: number;
  /** How often a command is sent again, where that is safe. */
  readonly retries: number;
}

/** Whether a command may be sent again when it is not known if it was applied. */
export type Repeat = "repeatable" | "once";

const MAX_TRIP_COMMANDS = 1_000;
/** Callers woken by one reply are a few microtasks apart; waiting this many times lets them share a trip. */
const MAX_GATHERING_ROUNDS = 4;
const FIRST_BACKOFF_MS = 20;

/**
 * Sends commands over a transport: those issued in one tick leave in one trip, each with its own outcome;
 * every call is bounded; what is safe to repeat is repeated, with jittered exponential back-off, while its
 * caller still waits.
 */
export class CommandQueue implements PendingCommandOwner {
  readonly #transport: Pick<RedisTransport, "send" | "maxTripCharacters" | "lastFailure" | "suspect" | "slotOf">;
  readonly #options: CommandQueueOptions;
  readonly #deadlines: Deadlines;
  #waiting: PendingCommand[] = [];
  #unsettled = 0;
  #closed = false;
  #onIdle: (() => void) | undefined;
  readonly #counts: { commands: number; roundTrips: number; errors: number };

  constructor(
    transport: Pick<RedisTransport, "send" | "maxTripCharacters" | "lastFailure" | "suspect" | "slotOf">,
    options: CommandQueueOptions,
    counts: { commands: number; roundTrips: number; errors: number } = { commands: 0, roundTrips: 0, errors: 0 },
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#counts = counts;
    this.#deadlines = new Deadlines(options.timeoutMs);
  }

  /** Commands by the same rules and into the same counts, over another transport: one node of a cluster. */
  over(transport: Pick<RedisTransport, "send">): CommandQueue {
    return new CommandQueue(transport, this.#options, this.#counts);
  }

  stats(): BackendStats {
    return { ...this.#counts };
  }

  /**
   * @param label Names the operation in errors.
   * @throws {HoldfastError} See `failures.ts`; or the reason of `options.signal`.
   */
  call<T>(
    command: RedisCommand,
    decode: Decode<T>,
    repeat: Repeat,
    options?: CallOptions,
    label: string = command[0],
  ): Promise<T> {
    const pending = new PendingCommand(this, command, label, decode, repeat === "repeatable");
    this.#unsettled += 1;
    if (this.#closed) pending.reject(this.#closedError(pending));
    else if (options === undefined || this.#bound(pending, options)) this.#enqueue(pending);
    return pending.promise as Promise<T>;
  }

  /** Refuses further calls and waits for those under way; their own timeouts bound that. */
  async drain(): Promise<void> {
    this.#closed = true;
    if (this.#unsettled === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  onSettled(failed: boolean): void {
    if (failed) this.#counts.errors += 1;
    this.#unsettled -= 1;
    if (this.#unsettled > 0) return;
    this.#deadlines.rest();
    this.#onIdle?.();
  }

  onTimeout(pending: PendingCommand): void {
    this.#timeOut(pending, this.#options.timeoutMs);
  }

  onFailure(pending: PendingCommand, failure: TransportFailure): void {
    const error = toHoldfastError(failure, this.#where(pending));
    const delayMs = FIRST_BACKOFF_MS * 2 ** (pending.attempts - 1) * (0.5 + Math.random());
    const mayRepeat =
      error instanceof BackendUnavailableError && (error.outcome === "not-applied" || pending.repeatable);
    if (!mayRepeat || pending.attempts > this.#options.retries || performance.now() + delayMs >= pending.deadline) {
      pending.reject(error);
      return;
    }
    pending.trip?.settleOne();
    pending.trip = undefined;
    if (!pending.ownTimer) this.#limit(pending, pending.deadline - performance.now());
    setTimeout(() => {
      pending.sent = false;
      if (!pending.settled) this.#enqueue(pending);
    }, delayMs);
  }

  /** Applies a call's own bounds. @returns Whether it may still be sent. */
  #bound(pending: PendingCommand, { timeoutMs, signal }: CallOptions): boolean {
    if (signal?.aborted) {
      pending.reject(signal.reason);
      return false;
    }
    if (timeoutMs === undefined && !signal) return true;
    this.#limit(pending, timeoutMs ?? this.#options.timeoutMs);
    if (!signal) return true;
    const onAbort = () => pending.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const releaseTimer = pending.release;
    pending.release = () => {
      releaseTimer?.();
      signal.removeEventListener("abort", onAbort);
    };
    return true;
  }

  /** Gives the call a timer of its own, beside its trip's. */
  #limit(pending: PendingCommand, timeoutMs: number): void {
    pending.ownTimer = true;
    pending.deadline = performance.now() + timeoutMs;
    const timer = startTimer(() => this.#timeOut(pending, timeoutMs), timeoutMs);
    pending.release = () => clearTimeout(timer);
  }

  #enqueue(pending: PendingCommand): void {
    if (this.#waiting.push(pending) === 1) queueMicrotask(() => this.#gather(1, MAX_GATHERING_ROUNDS));
  }

  #gather(seen: number, rounds: number): void {
    const now = this.#waiting.length;
    if (rounds > 0 && (now > seen || rounds === MAX_GATHERING_ROUNDS)) {
      queueMicrotask(() => this.#gather(now, rounds - 1));
    } else {
      this.#flush();
    }
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const limit = this.#transport.maxTripCharacters ?? Number.POSITIVE_INFINITY;
    let batch: PendingCommand[] = [];
    let characters = 0;
    for (const pending of waiting) {
      if (pending.settled) continue;
      const size = limit === Number.POSITIVE_INFINITY ? 0 : charactersOf(pending.command);
      if (batch.length === MAX_TRIP_COMMANDS || (batch.length > 0 && characters + size > limit)) {
        this.#send(batch);
        batch = [];
        characters = 0;
      }
      batch.push(pending);
      characters += size;
    }
    if (batch.length > 0) this.#send(batch);
  }

  #send(batch: PendingCommand[]): void {
    const trip = this.#deadlines.add(batch);
    for (const pending of batch) {
      pending.attempts += 1;
      pending.trip = trip;
      if (pending.deadline === 0) pending.deadline = trip.deadline;
    }
    // On a cluster every key would have to be of one slot.
    this.#transmit(batch.length === 1 || this.#transport.slotOf ? batch : mergeReads(batch, this.#transmitSingly));
  }

  readonly #transmitSingly = (commands: readonly CommandInFlight[]): void => {
    this.#transmit(commands.filter(({ settled }) => !settled));
  };

  #transmit(commands: readonly CommandInFlight[]): void {
    if (commands.length === 0) return;
    this.#counts.commands += commands.length;
    this.#counts.roundTrips += 1;
    this.#transport.send(commands);
  }

  #timeOut(pending: PendingCommand, timeoutMs: number): void {
    const where = this.#where(pending);
    const elapsedMs = Math.round(timeoutMs);
    this.#transport.suspect?.();
    if (pending.sent) {
      const advice = pending.repeatable ? "" : " It may have been applied.";
      pending.reject(
        new BackendTimeoutError(
          `${where}: no answer within ${elapsedMs} ms.${advice} Check the server's load and the network, or raise the timeout.`,
          elapsedMs,
          "unknown",
        ),
      );
      return;
    }
    const failure = this.#transport.lastFailure?.() ?? {
      kind: "unreachable",
      message: `no connection within ${elapsedMs} ms`,
      outcome: "not-applied",
    };
    pending.reject(toHoldfastError(failure, where));
  }

  #closedError(pending: PendingCommand): BackendUnavailableError {
    return new BackendUnavailableError(
      `${this.#where(pending)}: the backend is closed. Call close() only when nothing uses it any more.`,
      "not-applied",
    );
  }

  #where(pending: PendingCommand): string {
    return `${this.#options.name}: ${pending.label}`;
  }
}

function charactersOf(command: RedisCommand): number {
  let characters = 0;
  for (const argument of command) characters += typeof argument === "string" ? argument.length : 8;
  return characters;
}
