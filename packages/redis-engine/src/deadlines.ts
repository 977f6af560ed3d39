import { startTimer } from "./start-timer.ts";

/** Something that ends at a point in time unless it is settled before. */
export interface Expiring {
  readonly settled: boolean;
  expire(): void;
}

/** What left together and has one deadline. */
export class Trip {
  /** In milliseconds of `performance.now()`. */
  readonly deadline: number;
  #members: readonly Expiring[];
  #open: number;

  constructor(deadline: number, members: readonly Expiring[]) {
    this.deadline = deadline;
    this.#members = members;
    this.#open = members.length;
  }

  get over(): boolean {
    return this.#open === 0;
  }

  /** One member is settled. With the last, replies are let go of although the trip stays listed for a while. */
  settleOne(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#members = [];
  }

  expire(): void {
    for (const member of this.#members) if (!member.settled) member.expire();
  }
}

/**
 * Ends what is not settled in time, with one timer for all. As every trip has the same timeout, the first to
 * leave is the first to expire; so the timer, once set, serves trip after trip, and a hit costs none of its own.
 */
export class Deadlines {
  readonly #timeoutMs: number;
  #trips: Trip[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(members: readonly Expiring[]): Trip {
    const trip = new Trip(performance.now() + this.#timeoutMs, members);
    this.#trips.push(trip);
    if (this.#timer === undefined) this.#arm(this.#timeoutMs);
    else keepAlive(this.#timer, true);
    return trip;
  }

  /** Nothing is under way: the timer no longer keeps the process alive. */
  rest(): void {
    this.#trips.length = 0;
    if (this.#timer === undefined || keepAlive(this.#timer, false)) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#timer = startTimer(() => this.#expire(), delayMs);
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    const open = this.#trips.filter(({ over }) => !over);
    const expired = open.filter(({ deadline }) => deadline <= now);
    this.#trips = open.slice(expired.length);
    const [next] = this.#trips;
    // Timers count whole milliseconds.
    if (next) this.#arm(Math.max(1, Math.ceil(next.deadline - now)));
    for (const trip of expired) trip.expire();
  }
}

/** @returns Whether the runtime lets a timer not keep the process alive, as Node and Bun do. */
function keepAlive(timer: unknown, alive: boolean): boolean {
  if (typeof timer !== "object") return false;
  const handle = timer as { ref?: () => void; unref?: () => void };
  if (!handle.ref || !handle.unref) return false;
  if (alive) handle.ref();
  else handle.unref();
  return true;
}
