import type { CallOptions, StoredTtl } from "@holdfast/core";
import { defineScript, type Script } from "../define-script.ts";
import type { RedisCommands } from "../redis-commands.ts";
import { decodeNothing, decodeText } from "../replies.ts";
import { CACHE_LUA } from "./lua.ts";

/**
 * The version at a key, created where it is missing, kept at least as long as said.
 * KEYS[1] version · ARGV[1] fresh version · ARGV[2] TTL in milliseconds, or "forever" · reply the version
 */
const versionAt: Script<[version: string], [fresh: string, ttlMs: StoredTtl], string | undefined> = defineScript({
  name: "cache.version",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
return version_of(KEYS[1], ARGV[1], ARGV[2])`,
  decode: decodeText,
});

/**
 * Keeps a version at least as long as said, if there is one.
 * KEYS[1] version · ARGV[1] TTL in milliseconds, or "forever" · no reply
 */
const prolongVersion: Script<[version: string], [ttlMs: StoredTtl], void> = defineScript({
  name: "cache.prolong",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
prolong(KEYS[1], ARGV[1])
return 1`,
  decode: decodeNothing,
});

/** On a cluster: the versions at these keys, created where they are missing, in one trip. */
export async function versionsElsewhere(
  redis: RedisCommands,
  wanted: readonly { readonly keys: readonly string[]; readonly fresh: string }[],
  ttlMs: StoredTtl,
  options?: CallOptions,
): Promise<string[][]> {
  // Batches name the same tags again and again; each is asked for once.
  const asked = new Map<string, Promise<string>>();
  const versionOf = (key: string, fresh: string) => {
    const version =
      asked.get(key) ?? redis.run(versionAt, [key], [fresh, ttlMs], options).then((found) => found ?? fresh);
    asked.set(key, version);
    return version;
  };
  return Promise.all(wanted.map(({ keys, fresh }) => Promise.all(keys.map((key) => versionOf(key, fresh)))));
}

/** On a cluster: keeps the versions at these keys as long as what is written under them. */
export async function prolongElsewhere(
  redis: RedisCommands,
  keys: Iterable<string>,
  ttlMs: StoredTtl,
  options?: CallOptions,
): Promise<void> {
  await Promise.all(Array.from(keys, (key) => redis.run(prolongVersion, [key], [ttlMs], options)));
}
