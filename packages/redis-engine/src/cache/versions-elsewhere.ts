import type { CallOptions, StoredTtl } from "@holdfast/core";
import type { RedisCommands } from "../redis-commands.ts";
import { decodeText } from "../replies.ts";
import { expiry } from "../texts.ts";

/**
 * On a cluster: the versions at these keys, created where they are missing, in one trip. Each is a SET that only
 * creates, and a GET right behind it.
 */
export async function versionsElsewhere(
  redis: RedisCommands,
  wanted: readonly { readonly keys: readonly string[]; readonly fresh: string }[],
  ttlMs: StoredTtl,
  options?: CallOptions,
): Promise<string[][]> {
  const versionOf = async (key: string, fresh: string) => {
    const [, version] = await Promise.all([
      redis.call(["SET", key, fresh, ...expiry(ttlMs), "NX"], () => undefined, "repeatable", options),
      redis.call(["GET", key], decodeText, "repeatable", options),
    ]);
    return version ?? fresh;
  };
  return Promise.all(wanted.map(({ keys, fresh }) => Promise.all(keys.map((key) => versionOf(key, fresh)))));
}
