import type { Clock, StoredTtl } from "@holdfast/core";
import { LRUCache } from "lru-cache";

/** Limits of a map; without any it grows as far as what is written to it has not expired. */
export interface Bounds<Value> {
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly bytesOf: (value: Value, key: string) => number;
}

interface Kept<Value> {
  readonly value: Value;
  readonly expiresAtMs: number;
}

/** How many entries each write looks at for expiry: those that nobody reads go in time too. */
const SWEPT_PER_WRITE = 2;

/**
 * Values by key, each with its end. Expiry is checked when a value is read; there are no timers. Every write also
 * looks at a few others, so that what expires unread takes at most about as much room as what is alive.
 */
export class TtlMap<Value> {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #bytesOf: ((value: Value, key: string) => number) | undefined;
  readonly #entries: Map<string, Kept<Value>> | LRUCache<string, Kept<Value>>;
  /** The same, where the least recently used entries make room. */
  readonly #lru: LRUCache<string, Kept<Value>> | undefined;
  #sweeper: Iterator<string> | undefined;

  /** @param bounds Where given, the least recently used entries make room. */
  constructor(clock: Clock, bounds?: Bounds<Value>) {
    this.#clock = clock;
    this.#maxBytes = bounds?.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#bytesOf = bounds?.bytesOf;
    this.#lru = bounds && (bounds.maxEntries || bounds.maxBytes) ? lruOf(bounds) : undefined;
    this.#entries = this.#lru ?? new Map();
  }

  /** Entries that are kept, among them some that have expired unread. */
  get size(): number {
    return this.#entries.size;
  }

  /** Reads a value, which makes it the most recently used. */
  get(key: string): Value | undefined {
    return this.#live(key, this.#entries.get(key))?.value;
  }

  /** @returns Whether there is a value. It counts as used no more than before. */
  has(key: string): boolean {
    return this.#live(key, this.#peek(key)) !== undefined;
  }

  /** @returns Remaining milliseconds, `"forever"`, or `undefined` if the key is missing. */
  ttl(key: string): number | "forever" | undefined {
    const kept = this.#live(key, this.#peek(key));
    if (!kept) return undefined;
    return kept.expiresAtMs === Number.POSITIVE_INFINITY ? "forever" : kept.expiresAtMs - this.#clock.now();
  }

  /** Replaces value and end. A value over the limit of bytes is dropped, with what it was to replace. */
  set(key: string, value: Value, ttlMs: StoredTtl): void {
    this.#sweep();
    const expiresAtMs = ttlMs === "forever" ? Number.POSITIVE_INFINITY : this.#clock.now() + ttlMs;
    this.#entries.set(key, { value, expiresAtMs });
  }

  /** Replaces the value and keeps its end. Does nothing if the key is missing. */
  replace(key: string, value: Value): void {
    const kept = this.#live(key, this.#peek(key));
    // A new object even for the same value: the old one has the old size.
    if (kept) this.#entries.set(key, { value, expiresAtMs: kept.expiresAtMs });
  }

  /** @returns Whether there was a value. */
  delete(key: string): boolean {
    const existed = this.has(key);
    this.#entries.delete(key);
    return existed;
  }

  /** The keys that there are now; a copy. */
  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** @returns How many bytes the value, added to what it joins, is over the limit; 0 if it fits. */
  excessBytes(key: string, value: Value, joinedBytes = 0): number {
    if (this.#maxBytes === Number.POSITIVE_INFINITY || !this.#bytesOf) return 0;
    return Math.max(0, this.#bytesOf(value, key) + joinedBytes - this.#maxBytes);
  }

  #peek(key: string): Kept<Value> | undefined {
    return this.#lru ? this.#lru.peek(key) : this.#entries.get(key);
  }

  #live(key: string, kept: Kept<Value> | undefined): Kept<Value> | undefined {
    if (kept === undefined || kept.expiresAtMs === Number.POSITIVE_INFINITY) return kept;
    if (kept.expiresAtMs > this.#clock.now()) return kept;
    this.#entries.delete(key);
    return undefined;
  }

  #sweep(): void {
    // Least recently used first: what nobody reads gathers at that end.
    this.#sweeper ??= this.#lru ? this.#lru.rkeys() : this.#entries.keys();
    for (let looks = 0; looks < SWEPT_PER_WRITE; looks += 1) {
      const { value: key, done } = this.#sweeper.next();
      if (done) {
        this.#sweeper = undefined;
        return;
      }
      this.#live(key, this.#peek(key));
    }
  }
}

function lruOf<Value>({ maxEntries, maxBytes, bytesOf }: Bounds<Value>): LRUCache<string, Kept<Value>> {
  return new LRUCache<string, Kept<Value>>({
    max: maxEntries ?? 0,
    ...(maxBytes === undefined
      ? {}
      : { maxSize: maxBytes, sizeCalculation: ({ value }, key) => Math.max(1, bytesOf(value, key)) }),
  });
}
