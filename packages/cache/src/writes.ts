import { type CacheContext, storeCall } from "./context.ts";
import { forget } from "./forget.ts";
import { jittered, keptForMs, versionsKeptForMs } from "./freshness.ts";
import { type EntryOptions, ttlMsOf } from "./options.ts";
import { createToken } from "./token.ts";

export interface SetOptions extends EntryOptions {
  readonly signal?: AbortSignal;
}

/** Writes values that callers already have. */
export class Writes<T> {
  readonly #context: CacheContext<T>;

  constructor(context: CacheContext<T>) {
    this.#context = context;
  }

  async set(key: string, value: T, { ttl, tags = [], signal }: SetOptions = {}): Promise<void> {
    const { options, keys, store, values, log, tier, bus } = this.#context;
    const names = [...new Set(tags)];
    const slot = keys.slot(key);
    const tagKeys = names.map((tag) => keys.tag(tag));
    const freshForMs = jittered(ttlMsOf(ttl, options), options);
    const keptMs = keptForMs(freshForMs, options);
    const encoded = await values.encode(value);
    const replaced = { keys: [key], tags: [], all: false };
    await store.call((cacheStore) =>
      cacheStore.put(
        [
          {
            slot,
            tags: tagKeys,
            token: createToken(),
            text: values.toText(encoded, { freshForMs, costMs: 0, tags: names }),
            ttlMs: keptMs,
            versionTtlMs: versionsKeptForMs(keptMs),
          },
        ],
        bus?.announceVoid(replaced),
        storeCall(this.#context, signal),
      ),
    );
    forget(log, tier, replaced);
  }
}
