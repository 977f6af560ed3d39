import type { Invalidated } from "./cache-bus.ts";
import { type CacheContext, storeCall } from "./context.ts";
import { forget } from "./forget.ts";
import { createInvalidation, type Invalidation } from "./invalidation-token.ts";

/** Voids keys, tags or everything: in the store, here, and over the bus elsewhere. */
export class Invalidations<T> {
  readonly #context: CacheContext<T>;

  constructor(context: CacheContext<T>) {
    this.#context = context;
  }

  /** @throws {InvalidKeyError} A key or a tag is not one; nothing was voided. */
  async invalidate(invalidated: Invalidated): Promise<Invalidation> {
    const { log, tier, store, clock, emit, counts } = this.#context;
    const sinceMs = clock.now() ?? Date.now();
    if (invalidated.keys.length === 0 && invalidated.tags.length === 0 && !invalidated.all) return { atMs: sinceMs };
    const atMs = await store.invalidate(invalidated, storeCall(this.#context));
    // After the store: what was read before is void here, and what is read from now on is newer.
    forget(log, tier, invalidated);
    if (atMs === undefined) counts.storeErrors += 1;
    else clock.learn(atMs);
    emit?.({ type: "invalidated", origin: "here", ...invalidated });
    return createInvalidation(atMs, invalidated, sinceMs);
  }
}
