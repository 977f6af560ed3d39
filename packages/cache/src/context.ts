import type { CallOptions } from "@holdfast/core";
import type { CacheBus } from "./cache-bus.ts";
import type { CacheKeys } from "./cache-keys.ts";
import type { CacheEvent, Counts } from "./events.ts";
import type { GuardedStore } from "./guarded-store.ts";
import type { InvalidationLog } from "./invalidation-log.ts";
import type { MemoryTier } from "./memory-tier.ts";
import type { ResolvedCacheOptions } from "./options.ts";
import type { StoreClock } from "./store-clock.ts";
import type { StoredValues } from "./stored-values.ts";
import type { Wakes } from "./wakes.ts";

/** What the parts of one cache share. */
export interface CacheContext<T> {
  readonly options: ResolvedCacheOptions<T>;
  readonly keys: CacheKeys;
  readonly store: GuardedStore;
  readonly clock: StoreClock;
  readonly log: InvalidationLog;
  readonly tier: MemoryTier<T> | undefined;
  readonly bus: CacheBus | undefined;
  readonly wakes: Wakes;
  readonly values: StoredValues<T>;
  readonly counts: Counts;
  readonly emit: ((event: CacheEvent) => void) | undefined;
}

/** Bounds of one call of the store. */
export function storeCall<T>({ options }: CacheContext<T>, signal?: AbortSignal): CallOptions | undefined {
  return options.timeoutMs === undefined && !signal ? undefined : { timeoutMs: options.timeoutMs, signal };
}
