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

/** Values by key, each with its end. Expiry is checked when a value is read; there are no timers. */
export class TtlMap<Value> {
  readonly #clock: Clock;
  readonly #entries: Map<string, Kept<Value>> | LRUCache<string, Kept<Value>>;
  #sweeper: Iterator<string> | undefined;

  /** @param bounds Where given, the least recently used entries make room. */
  constructor(clock: Clock, bounds?: Bounds<Value>) {
    this.#clock = clock;
    this.#entries = bounds && (bounds.maxEntries || bounds.maxBytes) ? bounded(bounds) : new Map();
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#live(key)?.value;
  }

  /** @returns Remaining milliseconds, `"forever"`, or `undefined` if the key is missing. */
  ttl(key: string): number | "forever" | undefined {
    const kept = this.#live(key);
    if (!kept) return undefined;
    return kept.expiresAtMs === Number.POSITIVE_INFINITY ? "forever" : kept.expiresAtMs - this.#clock.now();
  }

  set(key: string, value: Value, ttlMs: StoredTtl): void {
    this.#sweep();
    const expiresAtMs = ttlMs === "forever" ? Number.POSITIVE_INFINITY : this.#clock.now() + ttlMs;
    this.#entries.set(key, { value, expiresAtMs });
  }

  /** Replaces the value and keeps its end. */
  replace(key: string, value: Value): void {
    const kept = this.#live(key);
    if (kept) this.#entries.set(key, { value, expiresAtMs: kept.expiresAtMs });
  }

  /** @returns Whether there was a value. */
  delete(key: string): boolean {
    const existed = this.#live(key) !== undefined;
    this.#entries.delete(key);
    return existed;
  }

  /** The keys that there are now; a copy. */
  keys(): string[] {
    return [...this.#entries.keys()];
  }

  #live(key: string): Kept<Value> | undefined {
    const kept = this.#entries.get(key);
    if (kept === undefined || kept.expiresAtMs > this.#clock.now()) return kept;
    this.#entries.delete(key);
    return undefined;
  }

  #sweep(): void {
    if (this.#entries instanceof LRUCache) return;
    this.#sweeper ??= this.#entries.keys();
    for (let looks = 0; looks < SWEPT_PER_WRITE; looks += 1) {
      const { value: key, done } = this.#sweeper.next();
      if (done) {
        this.#sweeper = undefined;
        return;
      }
      this.#live(key);
    }
  }
}

function bounded<Value>({ maxEntries, maxBytes, bytesOf }: Bounds<Value>): LRUCache<string, Kept<Value>> {
  return new LRUCache<string, Kept<Value>>({
    max: maxEntries ?? 0,
    ...(maxBytes === undefined
      ? {}
      : { maxSize: maxBytes, sizeCalculation: ({ value }, key) => Math.max(1, bytesOf(value, key)) }),
  });
}
