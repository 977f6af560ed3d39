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
    const { keys, log, tier, bus, store, clock, emit, counts } = this.#context;
    const slots = invalidated.keys.map((key) => keys.slot(key));
    const tags = invalidated.tags.map((tag) => keys.tag(tag));
    const sinceMs = clock.now() ?? Date.now();
    if (slots.length === 0 && tags.length === 0 && !invalidated.all) return { atMs: sinceMs };
    const atMs = await store.invalidate(
      {
        slots,
        tags,
        buckets: invalidated.all ? keys.buckets : [],
        epoch: keys.epoch,
        announce: bus && { channel: keys.channel, message: bus.voidMessage(invalidated) },
      },
      storeCall(this.#context),
    );
    // After the store: what was read before is void here, and what is read from now on is newer.
    forget(log, tier, invalidated);
    if (atMs === undefined) counts.storeErrors += 1;
    else clock.learn(atMs);
    emit?.({ type: "invalidated", origin: "here", ...invalidated });
    return createInvalidation(atMs, invalidated, sinceMs);
  }
}
