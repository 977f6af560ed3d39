import { BackendUnavailableError } from "@holdfast/core";
import { isOutage } from "./faults.ts";

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
  #slices: { readonly at: number; calls: number; failures: number }[] = [{ at: 0, calls: 0, failures: 0 }];
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
  run<T>(call: () => Promise<T>): Promise<T> {
    const probe = this.#openedAtMs !== undefined;
    if (probe && !this.#mayProbe()) return Promise.reject(leftAlone());
    return call().then(
      (result) => {
        this.#succeed(probe);
        return result;
      },
      (error: unknown) => {
        if (isOutage(error)) this.#fail(probe);
        else this.#succeed(probe);
        throw error;
      },
    );
  }

  #mayProbe(): boolean {
    if (this.#probing || performance.now() - (this.#openedAtMs ?? 0) < this.#openMs) return false;
    this.#probing = true;
    return true;
  }

  /** Reads no clock: a slice is as old as the last failure before it, which can only make it count for less. */
  #succeed(probe: boolean): void {
    this.#slices.at(-1)!.calls += 1;
    if (!probe) return;
    this.#probing = false;
    this.#openedAtMs = undefined;
    this.#slices = [{ at: 0, calls: 0, failures: 0 }];
  }

  #fail(probe: boolean): void {
    const now = performance.now();
    if (probe) {
      this.#probing = false;
      this.#openedAtMs = now;
      return;
    }
    const at = Math.floor(now / this.#sliceMs);
    if (this.#slices.at(-1)!.at !== at) this.#slices.push({ at, calls: 0, failures: 0 });
    this.#slices = this.#slices.filter((slice) => slice.at > at - SLICES);
    const slice = this.#slices.at(-1)!;
    slice.calls += 1;
    slice.failures += 1;
    const calls = this.#slices.reduce((sum, one) => sum + one.calls, 0);
    const failures = this.#slices.reduce((sum, one) => sum + one.failures, 0);
    if (calls >= this.#minimumCalls && failures / calls >= this.#failureRatio) this.#openedAtMs ??= now;
  }
}

function leftAlone(): BackendUnavailableError {
  return new BackendUnavailableError(
    "The store has failed repeatedly and is left alone for a moment. It is probed again within seconds.",
    "not-applied",
  );
}
