import {
  type CallOptions,
  type KeyValueEntry,
  type KeyValueStore,
  type SetOptions,
  type StoredTtl,
  WrongTypeError,
} from "@holdfast/core";
import type { Calls } from "./calls.ts";
import { add } from "./counter.ts";
import type { Item, MemoryStorage } from "./memory-storage.ts";
import type { TtlMap } from "./ttl-map.ts";

/** The key-value port in this process's memory. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #items: TtlMap<Item>;
  readonly #calls: Calls;

  constructor(storage: MemoryStorage, calls: Calls) {
    this.#items = storage.items;
    this.#calls = calls;
  }

  get(key: string, options?: CallOptions): Promise<string | undefined> {
    return this.#calls.run(() => this.#text(key, "GET"), options);
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
      if (condition !== undefined && (this.#items.get(key) !== undefined) !== (condition === "present")) return false;
      this.#items.set(key, value, ttlMs);
      return true;
    }, options);
  }

  setMany(entries: readonly KeyValueEntry[], ttlMs: StoredTtl, options?: CallOptions): Promise<void> {
    return this.#calls.run(() => {
      for (const { key, value } of entries) this.#items.set(key, value, ttlMs);
    }, options);
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<number> {
    return this.#calls.run(() => keys.filter((key) => this.#items.delete(key)).length, options);
  }

  has(key: string, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => this.#items.get(key) !== undefined, options);
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
      this.#items.set(key, next, ttlMs);
      return true;
    }, options);
  }

  async *scan(prefix: string, pageSize: number, options?: CallOptions): AsyncGenerator<readonly string[]> {
    const keys = await this.#calls.run(() => this.#items.keys().filter((key) => key.startsWith(prefix)), options);
    for (let start = 0; start < keys.length; start += pageSize) {
      // What went meanwhile is left out.
      const page = await this.#calls.run(
        () => keys.slice(start, start + pageSize).filter((key) => this.#items.get(key) !== undefined),
        options,
      );
      if (page.length > 0) yield page;
    }
  }

  hashGet(key: string, field: string, options?: CallOptions): Promise<string | undefined> {
    return this.#calls.run(() => this.#hash(key, "HGET")?.get(field), options);
  }

  hashGetAll(key: string, options?: CallOptions): Promise<readonly (readonly [string, string])[]> {
    return this.#calls.run(() => [...(this.#hash(key, "HGETALL") ?? [])], options);
  }

  hashSet(
    key: string,
    fields: readonly (readonly [field: string, value: string])[],
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.run(() => {
      if (fields.length === 0) return;
      this.#items.set(key, new Map([...(this.#hash(key, "kv.hashSet") ?? []), ...fields]), ttlMs);
    }, options);
  }

  hashDelete(key: string, fields: readonly string[], options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const hash = this.#hash(key, "HDEL");
      if (!hash) return 0;
      const rest = new Map(hash);
      const removed = fields.filter((field) => rest.delete(field)).length;
      if (rest.size === 0) this.#items.delete(key);
      else this.#items.replace(key, rest);
      return removed;
    }, options);
  }

  hashIncrement(key: string, field: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const hash = this.#hash(key, "kv.hashIncrement");
      const sum = add(hash?.get(field), by, "kv.hashIncrement");
      if (hash) this.#items.replace(key, new Map(hash).set(field, String(sum)));
      else this.#items.set(key, new Map([[field, String(sum)]]), ttlMs);
      return sum;
    }, options);
  }

  #text(key: string, operation: string): string | undefined {
    const item = this.#items.get(key);
    if (item === undefined || typeof item === "string") return item;
    throw wrongType(operation);
  }

  #hash(key: string, operation: string): Map<string, string> | undefined {
    const item = this.#items.get(key);
    if (typeof item !== "string") return item;
    throw wrongType(operation);
  }
}

function wrongType(operation: string): WrongTypeError {
  return new WrongTypeError(`memory: ${operation}: the key holds another kind of value than this operation works on.`);
}
