import type { CacheInvalidation, CacheStore, CallOptions } from "@holdfast/core";
import type { Invalidated } from "./cache-bus.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { isOutage } from "./faults.ts";

/** More than this and everything is void: the queue stays small however long the outage. */
const MAX_PENDING = 10_000;
const EVERYTHING: Invalidated = { keys: [], tags: [], all: true };

/**
 * The store behind a circuit breaker. Invalidations that do not get through are kept, and applied before anything
 * else is asked of the store: what is read after an outage is never older than what was invalidated in it.
 */
export class GuardedStore {
  readonly #store: CacheStore;
  readonly #breaker: CircuitBreaker;
  readonly #describe: (invalidated: Invalidated) => CacheInvalidation;
  readonly #onReplaced: () => void;
  readonly #keys = new Set<string>();
  readonly #tags = new Set<string>();
  #all = false;
  #generation = 0;
  #applying: Promise<void> | undefined;

  /**
   * @param describe Says in the store's terms what to void, with the message to send then.
   * @param onReplaced Called when everything that was read of the store is void.
   */
  constructor(
    store: CacheStore,
    breaker: CircuitBreaker,
    describe: (invalidated: Invalidated) => CacheInvalidation,
    onReplaced: () => void,
  ) {
    this.#store = store;
    this.#breaker = breaker;
    this.#describe = describe;
    this.#onReplaced = onReplaced;
  }

  /** @throws {BackendUnavailableError} The store is away, or pending invalidations cannot be applied. */
  call<T>(operation: (store: CacheStore) => Promise<T>): Promise<T> {
    const run = () => this.#breaker.run(() => this.#ofOneServer(operation));
    return this.#hasPending ? this.#applyPending().then(run) : run();
  }

  /**
   * A server that was restarted or replaced may hold older data, with invalidations undone. Everything is void then,
   * and the operation, which is safe to repeat, is made again: also where another one, under way at the same time,
   * was the first to notice.
   */
  #ofOneServer<T>(operation: (store: CacheStore) => Promise<T>): Promise<T> {
    const generation = this.#generation;
    return operation(this.#store).then((result) => {
      this.#lookForReplacement();
      if (generation === this.#generation) return result;
      const voided = this.#hasPending ? this.#applyPending() : Promise.resolve();
      return voided.then(() => this.#ofOneServer(operation));
    });
  }

  /** @returns Whether the server is another one than at the last look; then everything waits to be voided. */
  #lookForReplacement(): boolean {
    const generation = this.#store.generation?.() ?? 0;
    if (generation === this.#generation) return false;
    this.#generation = generation;
    this.#keep(EVERYTHING);
    this.#onReplaced();
    return true;
  }

  /**
   * Voids now, or as soon as the store is back.
   *
   * @returns The store's clock when it was done, in milliseconds; `undefined` if it waits for the store.
   * @throws {InvalidKeyError} A key or a tag is not one; nothing was voided.
   */
  async invalidate(invalidated: Invalidated, options?: CallOptions): Promise<number | undefined> {
    const invalidation = this.#describe(invalidated);
    try {
      return await this.call((store) => store.invalidate(invalidation, options));
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.#keep(invalidated);
      return undefined;
    }
  }

  get #hasPending(): boolean {
    return this.#all || this.#tags.size > 0 || this.#keys.size > 0;
  }

  #keep({ keys, tags, all }: Invalidated): void {
    for (const key of keys) this.#keys.add(key);
    for (const tag of tags) this.#tags.add(tag);
    if (!all && this.#keys.size + this.#tags.size <= MAX_PENDING) return;
    this.#all = true;
    this.#keys.clear();
    this.#tags.clear();
  }

  #applyPending(): Promise<void> {
    this.#applying ??= this.#apply().finally(() => {
      this.#applying = undefined;
    });
    return this.#applying;
  }

  async #apply(): Promise<void> {
    do {
      const pending = { keys: [...this.#keys], tags: [...this.#tags], all: this.#all };
      await this.#breaker.run(() => this.#store.invalidate(this.#describe(pending)));
      // What was added meanwhile stays.
      for (const key of pending.keys) this.#keys.delete(key);
      for (const tag of pending.tags) this.#tags.delete(tag);
      if (pending.all) this.#all = false;
    } while (this.#lookForReplacement());
  }
}
