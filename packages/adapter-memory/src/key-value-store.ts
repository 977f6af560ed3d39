import {
  type CallOptions,
  type KeyValueEntry,
  type KeyValueStore,
  QuotaExceededError,
  type SetOptions,
  type StoredTtl,
} from "@holdfast/core";
import type { Calls } from "./calls.ts";
import { add } from "./counter.ts";
import { Hash } from "./hash.ts";
import type { Item, MemoryStorage } from "./memory-storage.ts";
import type { TtlMap } from "./ttl-map.ts";
import { wrongType } from "./wrong-type.ts";

/** The key-value port in this process's memory. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #items: TtlMap<Item>;
  readonly #calls: Calls;

  constructor(storage: MemoryStorage, calls: Calls) {
    this.#items = storage.items;
    this.#calls = calls;
  }

  get(key: string, options?: CallOptions): Promise<string | undefined> {
    return this.#calls.run(() => this.#text(key, "kv.get"), options);
  }

  getMany(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]> {
    return this.#calls.run(
      () =>
        keys.map((key) => {
          const item = this.#items.get(key);
          return typeof item === "string" ? item : undefined;
        }),
      options,
    );
  }

  set(key: string, value: string, options: SetOptions): Promise<boolean> {
    const { ttlMs, condition } = options;
    return this.#calls.run(() => {
      if (condition !== undefined && this.#items.has(key) !== (condition === "present")) return false;
      this.#write(key, value, ttlMs, "kv.set");
      return true;
    }, options);
  }

  setMany(entries: readonly KeyValueEntry[], ttlMs: StoredTtl, options?: CallOptions): Promise<void> {
    return this.#calls.run(() => {
      for (const { key, value } of entries) this.#write(key, value, ttlMs, "kv.setMany");
    }, options);
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<number> {
    return this.#calls.run(() => keys.filter((key) => this.#items.delete(key)).length, options);
  }

  has(key: string, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => this.#items.has(key), options);
  }

  touch(key: string, ttlMs: StoredTtl, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => {
      const item = this.#items.get(key);
      if (item === undefined) return false;
      this.#items.set(key, item, ttlMs);
      return true;
    }, options);
  }

  ttl(key: string, options?: CallOptions): Promise<number | "forever" | undefined> {
    return this.#calls.run(() => this.#items.ttl(key), options);
  }

  increment(key: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const held = this.#text(key, "kv.increment");
      const sum = add(held, by, "kv.increment");
      this.#assertFits(key, String(sum), "kv.increment");
      if (held === undefined) this.#items.set(key, String(sum), ttlMs);
      else this.#items.replace(key, String(sum));
      return sum;
    }, options);
  }

  compareAndSet(
    key: string,
    expected: string | undefined,
    next: string,
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<boolean> {
    return this.#calls.run(() => {
      if (this.#text(key, "kv.compareAndSet") !== expected) return false;
      this.#write(key, next, ttlMs, "kv.compareAndSet");
      return true;
    }, options);
  }

  async *scan(prefix: string, pageSize: number, options?: CallOptions): AsyncGenerator<readonly string[]> {
    const keys = await this.#calls.run(() => this.#items.keys().filter((key) => key.startsWith(prefix)), options);
    const step = Math.max(1, Math.trunc(pageSize) || 1);
    for (let start = 0; start < keys.length; start += step) {
      const page = keys.slice(start, start + step);
      // What went meanwhile is left out.
      const there = await this.#calls.run(() => page.filter((key) => this.#items.has(key)), options);
      if (there.length > 0) yield there;
    }
  }

  hashGet(key: string, field: string, options?: CallOptions): Promise<string | undefined> {
    return this.#calls.run(() => this.#hash(key, "kv.hashGet")?.fields.get(field), options);
  }

  hashGetAll(key: string, options?: CallOptions): Promise<readonly (readonly [string, string])[]> {
    return this.#calls.run(() => [...(this.#hash(key, "kv.hashGetAll")?.fields ?? [])], options);
  }

  hashSet(
    key: string,
    fields: readonly (readonly [field: string, value: string])[],
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.run(() => {
      if (fields.length === 0) return;
      const held = this.#hash(key, "kv.hashSet");
      const added = new Hash(fields);
      this.#assertFits(key, added, "kv.hashSet", held);
      for (const [field, value] of held ? added.fields : []) held?.set(field, value);
      this.#items.set(key, held ?? added, ttlMs);
    }, options);
  }

  hashDelete(key: string, fields: readonly string[], options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const hash = fields.length === 0 ? undefined : this.#hash(key, "kv.hashDelete");
      if (!hash) return 0;
      const removed = fields.filter((field) => hash.delete(field)).length;
      if (hash.fields.size === 0) this.#items.delete(key);
      else this.#items.replace(key, hash);
      return removed;
    }, options);
  }

  hashIncrement(key: string, field: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const held = this.#hash(key, "kv.hashIncrement");
      const sum = add(held?.fields.get(field), by, "kv.hashIncrement");
      const added = new Hash([[field, String(sum)]]);
      this.#assertFits(key, added, "kv.hashIncrement", held);
      held?.set(field, String(sum));
      if (held) this.#items.replace(key, held);
      else this.#items.set(key, added, ttlMs);
      return sum;
    }, options);
  }

  #write(key: string, value: string, ttlMs: StoredTtl, operation: string): void {
    this.#assertFits(key, value, operation);
    this.#items.set(key, value, ttlMs);
  }

  /** @param held What the item joins. Fields that it replaces count twice: the estimate is on the safe side. */
  #assertFits(key: string, item: Item, operation: string, held?: Hash): void {
    const excessBytes = this.#items.excessBytes(key, item, held?.bytes);
    if (excessBytes > 0) throw tooLarge(operation, excessBytes);
  }

  #text(key: string, operation: string): string | undefined {
    const item = this.#items.get(key);
    if (item === undefined || typeof item === "string") return item;
    throw wrongType(operation);
  }

  #hash(key: string, operation: string): Hash | undefined {
    const item = this.#items.get(key);
    if (typeof item !== "string") return item;
    throw wrongType(operation);
  }
}

function tooLarge(operation: string, excessBytes: number): QuotaExceededError {
  return new QuotaExceededError(
    `memory: ${operation}: the entry alone takes ${excessBytes} bytes more than maxBytes. Raise it, or keep less.`,
  );
}
