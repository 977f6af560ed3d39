import { LRUCache } from "lru-cache";
import type { InvalidationLog, Moment } from "./invalidation-log.ts";

/** Rough cost of an entry beside its value's text: the key, the node, the object. */
const OVERHEAD_BYTES = 200;

/** What the tier keeps of an entry. */
export interface TierEntry<T> {
  /** The value if it may be handed to everyone, else how to make a copy of it. */
  readonly value: T | undefined;
  readonly copy: (() => T) | undefined;
  readonly tags: readonly string[];
  /** What was heard of invalidations when reading it began. */
  readonly since: Moment;
  /** In milliseconds of `performance.now()`: until when it may be served as a hit. */
  readonly freshUntil: number;
  /** As above, from the entry's own freshness, without the tier's limit. */
  readonly staleAt: number;
  /** Until when it may be served stale, where that is allowed. */
  readonly staleUntil: number;
  /** When its computation began, by the store's clock. */
  readonly startedAtMs: number;
  readonly createdAtMs: number;
  readonly freshForMs: number;
  readonly bytes: number;
}

/** Values in this process, bounded in number and bytes, least recently used first out. */
export class MemoryTier<T> {
  readonly #entries: LRUCache<string, TierEntry<T>>;
  readonly #log: InvalidationLog;
  /** What was read before is not served without asking the store: messages may have been missed. */
  #trustedSince: Moment = Number.POSITIVE_INFINITY;

  constructor(log: InvalidationLog, maxEntries: number, maxBytes: number) {
    this.#log = log;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: (entry, key) => entry.bytes + key.length * 2 + OVERHEAD_BYTES,
    });
  }

  /** An entry that may be served as a hit. */
  getFresh(key: string): TierEntry<T> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.since < this.#trustedSince) return undefined;
    return performance.now() < entry.freshUntil && !this.#log.isVoid(key, entry.tags, entry.since) ? entry : undefined;
  }

  /** An entry for when the store is away: not known to be void, although messages may have been missed. */
  getLast(key: string): TierEntry<T> | undefined {
    const entry = this.#entries.get(key);
    return entry && !this.#log.isVoid(key, entry.tags, entry.since) ? entry : undefined;
  }

  /** Keeps an entry unless something was heard since reading it began that voids it. */
  set(key: string, entry: TierEntry<T>): void {
    if (!this.#log.isVoid(key, entry.tags, entry.since)) this.#entries.set(key, entry);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Messages arrive from now on: what is read from now on can be trusted. */
  trust(): void {
    this.#trustedSince = this.#log.advance();
  }

  /** Messages may be missing: nothing is served without asking the store. */
  distrust(): void {
    this.#trustedSince = Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#entries.size;
  }
}
