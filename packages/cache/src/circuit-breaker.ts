import { BackendTimeoutError, BackendUnavailableError } from "@holdfast/core";

export interface BreakerOptions {
  /** Failures among the last calls that open the circuit, 0 to 1. @default 0.5 */
  readonly failureRatio?: number;
  /** Calls in the window before the ratio counts. @default 10 */
  readonly minimumCalls?: number;
  /** How far back calls count, in milliseconds. @default 10_000 */
  readonly windowMs?: number;
  /** How long the store is left alone before one call probes it, in milliseconds. @default 1_000 */
  readonly openMs?: number;
}

const SLICES = 10;

/**
 * Stops calling a store that fails: an outage then costs a call microseconds, not a timeout. Failures are counted
 * over a rolling window; when the circuit has been open for a while, one call probes the store, and closes it again
 * if it succeeds.
 */
export class CircuitBreaker {
  readonly #failureRatio: number;
  readonly #minimumCalls: number;
  readonly #sliceMs: number;
  readonly #openMs: number;
  readonly #slices: { at: number; calls: number; failures: number }[] = [];
  #openedAtMs: number | undefined;
  #probing = false;

  constructor({ failureRatio = 0.5, minimumCalls = 10, windowMs = 10_000, openMs = 1_000 }: BreakerOptions = {}) {
    this.#failureRatio = failureRatio;
    this.#minimumCalls = minimumCalls;
    this.#sliceMs = windowMs / SLICES;
    this.#openMs = openMs;
  }

  get isOpen(): boolean {
    return this.#openedAtMs !== undefined;
  }

  /** @throws {BackendUnavailableError} At once, while the circuit is open. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const probe = this.#enter();
    try {
      const result = await call();
      this.#record(false, probe);
      return result;
    } catch (error) {
      this.#record(isOutage(error), probe);
      throw error;
    }
  }

  #enter(): boolean {
    if (this.#openedAtMs === undefined) return false;
    if (this.#probing || performance.now() - this.#openedAtMs < this.#openMs) {
      throw new BackendUnavailableError(
        "The store has failed repeatedly and is left alone for a moment. It is probed again within seconds.",
        "not-applied",
      );
    }
    this.#probing = true;
    return true;
  }

  #record(failed: boolean, probe: boolean): void {
    if (probe) {
      this.#probing = false;
      this.#openedAtMs = failed ? performance.now() : undefined;
      this.#slices.length = 0;
      return;
    }
    const at = Math.floor(performance.now() / this.#sliceMs);
    const last = this.#slices.at(-1);
    const slice = last?.at === at ? last : { at, calls: 0, failures: 0 };
    if (slice !== last) this.#slices.push(slice);
    while (this.#slices[0]!.at <= at - SLICES) this.#slices.shift();
    slice.calls += 1;
    if (!failed) return;
    slice.failures += 1;
    const calls = this.#slices.reduce((sum, { calls }) => sum + calls, 0);
    const failures = this.#slices.reduce((sum, { failures }) => sum + failures, 0);
    if (calls >= this.#minimumCalls && failures / calls >= this.#failureRatio) this.#openedAtMs ??= performance.now();
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof BackendUnavailableError || error instanceof BackendTimeoutError;
}
