import type { CallOptions } from "@holdfast/core";
import type { CommandQueue } from "./command-queue.ts";
import type { RedisCommands } from "./redis-commands.ts";
import { decodePage } from "./replies.ts";

/**
 * Pages through the keys that begin with `prefix`, on a cluster master by master. Keys hold no character
 * that is a pattern to SCAN: core escapes them.
 *
 * @see https://redis.io/docs/latest/commands/scan/ the cursor is text, and "0" ends
 */
export async function* scanKeys(
  redis: RedisCommands,
  prefix: string,
  pageSize: number,
  options?: CallOptions,
): AsyncGenerator<readonly string[]> {
  const clientPrefix = redis.transport.keyPrefix ?? "";
  const pattern = `${clientPrefix}${prefix}*`;
  for (const shard of await shardsOf(redis, options)) {
    let cursor = "0";
    do {
      const page = await shard.call(
        ["SCAN", cursor, "MATCH", pattern, "COUNT", pageSize],
        decodePage,
        "repeatable",
        options,
      );
      cursor = page.cursor;
      if (page.keys.length > 0) yield page.keys.map((key) => key.slice(clientPrefix.length));
    } while (cursor !== "0");
  }
}

async function shardsOf(redis: RedisCommands, options?: CallOptions): Promise<readonly CommandQueue[]> {
  const { masters } = redis.transport;
  if (!masters) return [redis];
  // A cluster's masters are known once it answers.
  await redis.call(["PING"], () => undefined, "repeatable", options);
  return masters().map((master) => redis.over(master));
}
