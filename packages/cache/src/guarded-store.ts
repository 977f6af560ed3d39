import {
  BackendTimeoutError,
  BackendUnavailableError,
  type CacheInvalidation,
  type CacheSlot,
  type CacheStore,
  type CallOptions,
} from "@holdfast/core";
import type { CircuitBreaker } from "./circuit-breaker.ts";

/** More than this and everything is void: the queue stays small however long the outage. */
const MAX_PENDING = 10_000;

/**
 * The store behind a circuit breaker. Invalidations that do not get through are kept, and applied before anything
 * else is asked of the store: what is read after an outage is never older than what was invalidated in it.
 */
export class GuardedStore {
  readonly #store: CacheStore;
  readonly #breaker: CircuitBreaker;
  readonly #template: Pick<CacheInvalidation, "buckets" | "epoch" | "announce">;
  readonly #slots = new Map<string, CacheSlot>();
  readonly #tags = new Set<string>();
  #everything = false;
  #applying: Promise<void> | undefined;

  /** @param template The namespace's buckets and epoch, and how everything's invalidation is announced. */
  constructor(
    store: CacheStore,
    breaker: CircuitBreaker,
    template: Pick<CacheInvalidation, "buckets" | "epoch" | "announce">,
  ) {
    this.#store = store;
    this.#breaker = breaker;
    this.#template = template;
  }

  /** Whether calls are refused at once. */
  get isAway(): boolean {
    return this.#breaker.isOpen;
  }

  /** @throws {BackendUnavailableError} The store is away, or pending invalidations cannot be applied. */
  call<T>(operation: (store: CacheStore) => Promise<T>): Promise<T> {
    const run = () => this.#breaker.run(() => operation(this.#store));
    return this.#hasPending ? this.#applyPending().then(run) : run();
  }

  /**
   * Voids now, or as soon as the store is back.
   *
   * @returns The store's clock when it was done, in milliseconds; `undefined` if it waits for the store.
   */
  async invalidate(invalidation: CacheInvalidation, options?: CallOptions): Promise<number | undefined> {
    try {
      return await this.call((store) => store.invalidate(invalidation, options));
    } catch (error) {
      if (!(error instanceof BackendUnavailableError || error instanceof BackendTimeoutError)) throw error;
      this.#keep(invalidation);
      return undefined;
    }
  }

  get #hasPending(): boolean {
    return this.#everything || this.#tags.size > 0 || this.#slots.size > 0;
  }

  #keep({ slots, tags, buckets }: CacheInvalidation): void {
    for (const slot of slots) this.#slots.set(slot.entry, slot);
    for (const tag of tags) this.#tags.add(tag);
    if (buckets.length > 0 || this.#slots.size + this.#tags.size > MAX_PENDING) {
      this.#everything = true;
      this.#slots.clear();
      this.#tags.clear();
    }
  }

  #applyPending(): Promise<void> {
    this.#applying ??= this.#apply().finally(() => {
      this.#applying = undefined;
    });
    return this.#applying;
  }

  async #apply(): Promise<void> {
    const slots = [...this.#slots.values()];
    const tags = [...this.#tags];
    const everything = this.#everything;
    await this.#breaker.run(() =>
      this.#store.invalidate({ ...this.#template, slots, tags, buckets: everything ? this.#template.buckets : [] }),
    );
    // What was added meanwhile stays.
    for (const { entry } of slots) this.#slots.delete(entry);
    for (const tag of tags) this.#tags.delete(tag);
    if (everything) this.#everything = false;
  }
}
