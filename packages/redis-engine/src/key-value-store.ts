import type { CallOptions, KeyValueStore, SetOptions, StoredTtl } from "@holdfast/core";
import type { RedisCommands } from "./redis-commands.ts";
import { decodeFlag, decodeNumber, decodePairs, decodeText, decodeWritten } from "./replies.ts";
import { scanKeys } from "./scan-keys.ts";
import { compareAndSet } from "./scripts/compare-and-set.ts";
import { hashIncrement } from "./scripts/hash-increment.ts";
import { hashSet } from "./scripts/hash-set.ts";
import { increment } from "./scripts/increment.ts";
import { persist } from "./scripts/persist.ts";
import { expiry, readTexts, removeKeys, writeTexts } from "./texts.ts";

/** The key-value port in Redis commands. */
export class RedisKeyValueStore implements KeyValueStore {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  get(key: string, options?: CallOptions): Promise<string | undefined> {
    return this.#redis.call(["GET", key], decodeText, "repeatable", options);
  }

  getMany(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]> {
    return readTexts(this.#redis, keys, options);
  }

  set(key: string, value: string, options: SetOptions): Promise<boolean> {
    const { ttlMs, condition } = options;
    const only = condition === undefined ? [] : [condition === "absent" ? "NX" : "XX"];
    return this.#redis.call(
      ["SET", key, value, ...expiry(ttlMs), ...only],
      decodeWritten,
      condition === undefined ? "repeatable" : "once",
      options,
    );
  }

  setMany(
    entries: readonly { readonly key: string; readonly value: string }[],
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<void> {
    return writeTexts(
      this.#redis,
      entries.map(({ key, value }) => ({ key, value, ttlMs })),
      options,
    );
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<number> {
    return removeKeys(this.#redis, keys, "once", options);
  }

  has(key: string, options?: CallOptions): Promise<boolean> {
    return this.#redis.call(["EXISTS", key], decodeFlag, "repeatable", options);
  }

  touch(key: string, ttlMs: StoredTtl, options?: CallOptions): Promise<boolean> {
    if (ttlMs === "forever") return this.#redis.run(persist, [key], [], options);
    return this.#redis.call(["PEXPIRE", key, ttlMs], decodeFlag, "repeatable", options);
  }

  ttl(key: string, options?: CallOptions): Promise<number | "forever" | undefined> {
    return this.#redis.call(["PTTL", key], decodeTtl, "repeatable", options);
  }

  increment(key: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number> {
    return this.#redis.run(increment, [key], [by, ttlMs], options);
  }

  compareAndSet(
    key: string,
    expected: string | undefined,
    next: string,
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<boolean> {
    const expect = expected === undefined ? "absent" : "equal";
    return this.#redis.run(compareAndSet, [key], [expect, expected ?? "", next, ttlMs], options);
  }

  scan(prefix: string, pageSize: number, options?: CallOptions): AsyncIterable<readonly string[]> {
    return scanKeys(this.#redis, prefix, pageSize, options);
  }

  hashGet(key: string, field: string, options?: CallOptions): Promise<string | undefined> {
    return this.#redis.call(["HGET", key, field], decodeText, "repeatable", options);
  }

  hashGetAll(key: string, options?: CallOptions): Promise<readonly (readonly [string, string])[]> {
    return this.#redis.call(["HGETALL", key], decodePairs, "repeatable", options);
  }

  async hashSet(
    key: string,
    fields: readonly (readonly [field: string, value: string])[],
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<void> {
    if (fields.length === 0) return;
    await this.#redis.run(hashSet, [key], [ttlMs, ...fields.flat()], options);
  }

  async hashDelete(key: string, fields: readonly string[], options?: CallOptions): Promise<number> {
    if (fields.length === 0) return 0;
    return this.#redis.call(["HDEL", key, ...fields], decodeNumber, "once", options);
  }

  hashIncrement(key: string, field: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number> {
    return this.#redis.run(hashIncrement, [key], [field, by, ttlMs], options);
  }
}

/** @see https://redis.io/docs/latest/commands/pttl/ −2 no key, −1 no TTL */
function decodeTtl(reply: Parameters<typeof decodeNumber>[0]): number | "forever" | undefined {
  const ms = decodeNumber(reply);
  if (ms === -2) return undefined;
  return ms === -1 ? "forever" : ms;
}
