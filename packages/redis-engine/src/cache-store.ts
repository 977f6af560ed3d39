import type { CacheStore, CacheWrite, CallOptions } from "@holdfast/core";
import type { RedisCommands } from "./redis-commands.ts";
import { readTexts, removeKeys, writeTexts } from "./texts.ts";

/** The cache port in Redis commands. */
export class RedisCacheStore implements CacheStore {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  read(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]> {
    return readTexts(this.#redis, keys, options);
  }

  write(entries: readonly CacheWrite[], options?: CallOptions): Promise<void> {
    return writeTexts(this.#redis, entries, options);
  }

  async remove(keys: readonly string[], options?: CallOptions): Promise<void> {
    await removeKeys(this.#redis, keys, "repeatable", options);
  }
}
