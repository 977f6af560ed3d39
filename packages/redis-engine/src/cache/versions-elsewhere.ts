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

/** Keys of versions, what is written where they are missing, and how long they are needed. */
interface WantedVersions {
  readonly keys: readonly string[];
  readonly fresh: string;
  readonly ttlMs: StoredTtl;
}

/** On a cluster: the versions at these keys, created where they are missing, in one trip. */
export async function versionsElsewhere(
  redis: RedisCommands,
  wanted: readonly WantedVersions[],
  options?: CallOptions,
): Promise<string[][]> {
  const ttls = longestByKey(wanted);
  // Batches name the same tags again and again; each is asked for once.
  const asked = new Map<string, Promise<string>>();
  const versionOf = (key: string, fresh: string) => {
    const version =
      asked.get(key) ??
      redis.run(versionAt, [key], [fresh, ttls.get(key) ?? "forever"], options).then((found) => found ?? fresh);
    asked.set(key, version);
    return version;
  };
  return Promise.all(wanted.map(({ keys, fresh }) => Promise.all(keys.map((key) => versionOf(key, fresh)))));
}

/** On a cluster: keeps the versions at these keys as long as what is written under them, in one trip. */
export async function prolongElsewhere(
  redis: RedisCommands,
  wanted: readonly Omit<WantedVersions, "fresh">[],
  options?: CallOptions,
): Promise<void> {
  const ttls = longestByKey(wanted);
  await Promise.all(Array.from(ttls, ([key, ttlMs]) => redis.run(prolongVersion, [key], [ttlMs], options)));
}

/** Each key once, with the longest time that anything written under it needs it. */
function longestByKey(wanted: readonly Omit<WantedVersions, "fresh">[]): Map<string, StoredTtl> {
  const ttls = new Map<string, StoredTtl>();
  for (const { keys, ttlMs } of wanted) {
    for (const key of keys) ttls.set(key, longer(ttls.get(key) ?? ttlMs, ttlMs));
  }
  return ttls;
}

function longer(one: StoredTtl, other: StoredTtl): StoredTtl {
  return one === "forever" || other === "forever" ? "forever" : Math.max(one, other);
}
