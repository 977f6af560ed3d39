import type { CacheStore } from "@holdfast/core";

/** Clocks drift apart by some seconds a day; within this it does not matter. */
const TRUSTED_FOR_MS = 300_000;

/**
 * The store's clock, kept by this process's monotonic one: freshness then does not depend on anybody's wall clock.
 * It is learned with the first reads and with every claim, within a round trip's length.
 */
export class StoreClock {
  #offsetMs: number | undefined;
  #learnedAt = 0;

  /** @returns Milliseconds, or `undefined` until it was learned. */
  now(): number | undefined {
    return this.#offsetMs === undefined ? undefined : performance.now() + this.#offsetMs;
  }

  get isDue(): boolean {
    return this.#offsetMs === undefined || performance.now() - this.#learnedAt > TRUSTED_FOR_MS;
  }

  learn(storeNowMs: number): void {
    this.#learnedAt = performance.now();
    this.#offsetMs = storeNowMs - this.#learnedAt;
  }

  /** Asks the store; called beside a read, it shares that read's trip. */
  async ask(store: CacheStore, timeoutMs: number | undefined): Promise<void> {
    this.learn(await store.now({ timeoutMs }));
  }
}
