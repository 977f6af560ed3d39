import { createEmitter, requireCapability } from "@holdfast/core";
import { Batches } from "./batches.ts";
import { CacheBus } from "./cache-bus.ts";
import { createCacheKeys } from "./cache-keys.ts";
import { type BreakerOptions, CircuitBreaker } from "./circuit-breaker.ts";
import { type BatchFactory, ComputingBatches, type GetOrSetManyOptions } from "./computing-batches.ts";
import { ComputingReads } from "./computing-reads.ts";
import type { CacheContext } from "./context.ts";
import { type CacheStats, createCounts } from "./events.ts";
import type { Factory } from "./factory.ts";
import { forget } from "./forget.ts";
import { GuardedStore } from "./guarded-store.ts";
import { InvalidationLog } from "./invalidation-log.ts";
import type { Invalidation } from "./invalidation-token.ts";
import { Invalidations } from "./invalidations.ts";
import { Lookups } from "./lookup.ts";
import { MemoryTier } from "./memory-tier.ts";
import { type CacheOptions, resolveOptions } from "./options.ts";
import { Pursuits } from "./pursuits.ts";
import { type GetOptions, type GetOrSetOptions, Reads } from "./reads.ts";
import type { Detailed } from "./result.ts";
import { StoreClock } from "./store-clock.ts";
import { StoredValues } from "./stored-values.ts";
import { Wakes } from "./wakes.ts";
import { type WrapOptions, wrap } from "./wrap.ts";
import { type SetOptions, Writes } from "./writes.ts";

/** A cache whose invalidations hold. Methods reject with a `HoldfastError`; each docstring says when. */
export interface Cache<T> {
  /**
   * @returns The value, or `undefined` if there is none. A stale one is returned within `staleWhileRevalidate`.
   * @throws {BackendUnavailableError | BackendTimeoutError} The store did not answer, and memory had nothing.
   */
  get(key: string, options?: GetOptions & { detailed?: false }): Promise<T | undefined>;
  get(key: string, options: GetOptions & { detailed: true }): Promise<Detailed<T | undefined>>;
  /** Every key that has a value, in one trip. */
  getMany(keys: readonly string[], options?: GetOptions): Promise<Map<string, T>>;
  /**
   * The cached value, or the factory's, which is then stored: one computation for each missing key, in all processes.
   * A store that fails is passed over. `null` and `undefined` are values like others.
   *
   * @throws What the factory throws, for every caller who waits for it; `FactoryFailedError` where it ran in another process.
   * @throws {FactoryTimeoutError} After `hardTimeout`.
   */
  getOrSet(key: string, factory: Factory<T>, options?: GetOrSetOptions & { detailed?: false }): Promise<T>;
  getOrSet(key: string, factory: Factory<T>, options: GetOrSetOptions & { detailed: true }): Promise<Detailed<T>>;
  /**
   * As {@link Cache.getOrSet} for many keys: one trip to read, the factory once for what is missing, one trip to write.
   *
   * @param factory Gets the missing keys that this call is to compute; a key that it leaves out stays missing.
   * @throws What the factory throws; nothing is stored then.
   */
  getOrSetMany(
    keys: readonly string[],
    factory: BatchFactory<T>,
    options?: GetOrSetManyOptions,
  ): Promise<Map<string, T>>;
  /** @throws {ValueTooLargeError | SerializationError} Nothing was written. */
  set(key: string, value: T, options?: SetOptions): Promise<void>;
  /** Voids keys, in every process; computations under way are not stored. While the store is away it is kept until it is back. */
  delete(...keys: string[]): Promise<Invalidation>;
  /** Voids whatever carries one of the tags, however many keys that are: one command. */
  invalidateTags(...tags: string[]): Promise<Invalidation>;
  /** Voids the whole namespace, in one command. */
  clear(): Promise<Invalidation>;
  /** A function that caches this one's results. */
  wrap<Args extends unknown[], Result extends T>(
    fn: (...args: Args) => Result | Promise<Result>,
    options: WrapOptions<Args>,
  ): (...args: Args) => Promise<Result>;
  stats(): CacheStats;
  /** Stops listening to other processes. The backend stays open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a cache over a backend.
 *
 * @throws {UnsupportedCapabilityError} The backend has no cache store.
 * @throws {InvalidKeyError | RangeError} The namespace or another option is out of its range.
 */
export function createCache<T = unknown>(options: CacheOptions<T>): Cache<T> {
  requireCapability(options.backend, "cache", "createCache()");
  const context = createContext(options);
  const lookups = new Lookups(context);
  const reads = new Reads(context, lookups);
  const pursuits = new Pursuits(context, lookups);
  const computing = new ComputingReads(context, lookups, reads, pursuits);
  const computingBatches = new ComputingBatches(context, lookups, reads, pursuits);
  const batches = new Batches(context, lookups, reads);
  const writes = new Writes(context);
  const invalidations = new Invalidations(context);
  const close = async () => context.bus?.close();
  const cache: Cache<T> = {
    get: ((key: string, getOptions?: GetOptions) => reads.get(key, getOptions)) as Cache<T>["get"],
    getMany: (keys, getOptions) => batches.getMany(keys, getOptions),
    getOrSet: ((key: string, factory: Factory<T>, getOptions?: GetOrSetOptions) =>
      computing.getOrSet(key, factory, getOptions)) as Cache<T>["getOrSet"],
    getOrSetMany: (keys, factory, manyOptions) => computingBatches.getOrSetMany(keys, factory, manyOptions),
    set: (key, value, setOptions) => writes.set(key, value, setOptions),
    delete: (...keys) => invalidations.invalidate({ keys, tags: [], all: false }),
    invalidateTags: (...tags) => invalidations.invalidate({ keys: [], tags, all: false }),
    clear: () => invalidations.invalidate({ keys: [], tags: [], all: true }),
    wrap: (fn, wrapOptions) => wrap(cache, fn, wrapOptions),
    stats: () => ({ ...context.counts, hits: { ...context.counts.hits } }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return cache;
}

/** A breaker for those who want none. */
const NEVER_OPENS: BreakerOptions = { minimumCalls: Number.POSITIVE_INFINITY };

function createContext<T>(options: CacheOptions<T>): CacheContext<T> {
  const resolved = resolveOptions(options);
  const keys = createCacheKeys(resolved.namespace, resolved.buckets);
  const emit = createEmitter(options.events);
  const log = new InvalidationLog();
  const wakes = new Wakes();
  const tier = resolved.memory
    ? new MemoryTier<T>(log, resolved.memory.maxEntries, resolved.memory.maxBytes)
    : undefined;
  const bus =
    options.backend.bus &&
    new CacheBus(options.backend.bus, keys.channel, {
      onInvalidated(invalidated) {
        forget(log, tier, invalidated);
        emit?.({ type: "invalidated", origin: "elsewhere", ...invalidated });
      },
      onWake: (key) => wakes.wake(key),
      onUp: () => tier?.trust(),
      onDown: () => tier?.distrust(),
    });
  if (tier && bus) void bus.start();
  // Without messages, the tier's own short TTL bounds how stale it can be.
  else tier?.trust();
  return {
    options: resolved,
    keys,
    store: new GuardedStore(
      options.backend.cache,
      new CircuitBreaker(resolved.breaker || NEVER_OPENS),
      (invalidated) => ({
        slots: invalidated.keys.map((name) => keys.slot(name)),
        tags: invalidated.tags.map((tag) => keys.tag(tag)),
        buckets: invalidated.all ? keys.buckets : [],
        epoch: keys.epoch,
        announce: bus?.announceVoid(invalidated),
      }),
      () => forget(log, tier, { keys: [], tags: [], all: true }),
    ),
    clock: new StoreClock(),
    log,
    tier,
    bus,
    wakes,
    values: new StoredValues(resolved),
    counts: createCounts(),
    emit,
  };
}
