import type { Duration } from "@holdfast/core";
import type { CacheContext } from "./context.ts";
import { isFault } from "./faults.ts";
import { covers, type Invalidation } from "./invalidation-token.ts";
import type { Lookups } from "./lookup.ts";
import type { TierEntry } from "./memory-tier.ts";
import { countMiss, decodeServable, factsOf, INVALID } from "./open-found.ts";
import { type EntryOptions, NO_TAGS } from "./options.ts";
import { type Detailed, MISS } from "./result.ts";

export interface GetOptions {
  /** Entries without all of these tags count as missing; their versions are read in the same trip. */
  readonly tags?: readonly string[];
  /** Nothing that this voided is returned, also where messages lag. */
  readonly notBefore?: Invalidation;
  readonly signal?: AbortSignal;
  readonly detailed?: boolean;
}

export interface GetOrSetOptions extends GetOptions, EntryOptions {
  /** @default the cache's */
  readonly softTimeout?: Duration;
  /** @default the cache's */
  readonly hardTimeout?: Duration;
}

/** Reads of what is cached, in memory and in the store. */
export class Reads<T> {
  readonly #context: CacheContext<T>;
  readonly #lookups: Lookups<T>;

  constructor(context: CacheContext<T>, lookups: Lookups<T>) {
    this.#context = context;
    this.#lookups = lookups;
  }

  get(key: string, options?: GetOptions): Promise<T | undefined | Detailed<T | undefined>> {
    const kept = this.fromTier(key, options);
    return kept ? Promise.resolve(this.serveKept(key, kept, options)) : this.#fromStore(key, options);
  }

  /** A hit in memory. */
  fromTier(key: string, options: GetOptions | undefined): TierEntry<T> | undefined {
    const entry = this.#context.tier?.getFresh(key);
    return entry && (!options || this.#suits(entry, key, options)) ? entry : undefined;
  }

  serveKept(key: string, entry: TierEntry<T>, options: GetOptions | undefined): T | Detailed<T> {
    const { counts, emit } = this.#context;
    counts.hits.memory += 1;
    const value = entry.copy ? entry.copy() : (entry.value as T);
    if (!emit && !options?.detailed) return value;
    const ttlMs = entry.staleAt - performance.now();
    const stale = ttlMs <= 0;
    emit?.({ type: "hit", key, tier: "memory", stale });
    if (!options?.detailed) return value;
    return {
      value,
      status: stale ? "stale" : "hit",
      tier: "memory",
      ageMs: Math.max(0, entry.freshForMs - ttlMs),
      ttlMs,
    };
  }

  /**
   * While the store is away: what memory has, although an invalidation may have been missed. Only where old values
   * are permitted; what is known to be current was served as a hit.
   */
  lastKept(key: string, options: GetOptions): TierEntry<T> | undefined {
    const { tier, options: cacheOptions } = this.#context;
    if (cacheOptions.staleIfErrorMs === 0) return undefined;
    const entry = tier?.getLast(key);
    return entry && performance.now() < entry.staleUntil && this.#suits(entry, key, options) ? entry : undefined;
  }

  /** Takes what memory has of the keys. @returns The keys that it has not. */
  takeKept(keys: Iterable<string>, options: GetOptions, values: Map<string, T>): string[] {
    return this.#take(keys, values, (key) => this.fromTier(key, options));
  }

  /** The same while the store is away. */
  takeLastKept(keys: Iterable<string>, options: GetOptions, values: Map<string, T>): string[] {
    return this.#take(keys, values, (key) => this.lastKept(key, options));
  }

  #take(keys: Iterable<string>, values: Map<string, T>, find: (key: string) => TierEntry<T> | undefined): string[] {
    const others: string[] = [];
    for (const key of keys) {
      const kept = find(key);
      if (kept) values.set(key, this.serveKept(key, kept, undefined) as T);
      else others.push(key);
    }
    return others;
  }

  #suits(entry: TierEntry<T>, key: string, { tags = NO_TAGS, notBefore, signal }: GetOptions): boolean {
    if (signal?.aborted) return false;
    for (const tag of tags) if (!entry.tags.includes(tag)) return false;
    return !notBefore || !covers(notBefore, key, entry.tags) || entry.startedAtMs > notBefore.atMs;
  }

  async #fromStore(key: string, options: GetOptions = {}): Promise<T | undefined | Detailed<T | undefined>> {
    const { tags = NO_TAGS, notBefore, signal, detailed } = options;
    try {
      const judgement = await this.#lookups.read({ key, tags, notBefore }, signal);
      const decoded = decodeServable(this.#context, key, judgement);
      const value = decoded instanceof Promise ? await decoded : decoded;
      if (value !== INVALID && judgement.kind === "found") return detailed ? { ...factsOf(judgement), value } : value;
    } catch (error) {
      const kept = isFault(error) ? this.lastKept(key, options) : undefined;
      if (!kept) throw error;
      return this.serveKept(key, kept, options);
    }
    countMiss(this.#context, key);
    return detailed ? { ...MISS, value: undefined } : undefined;
  }
}
