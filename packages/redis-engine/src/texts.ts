import type { CallOptions, StoredTtl } from "@holdfast/core";
import type { RedisCommands } from "./redis-commands.ts";
import { decodeNothing, decodeNumber, decodeTexts } from "./replies.ts";

/** Reads many keys in one trip; on a cluster, one MGET for each slot, sent together. */
export function readTexts(
  redis: RedisCommands,
  keys: readonly string[],
  options?: CallOptions,
): Promise<(string | undefined)[]> {
  if (keys.length === 0) return Promise.resolve([]);
  const { slotOf } = redis.transport;
  return slotOf
    ? readBySlot(redis, keys, slotOf, options)
    : redis.call(["MGET", ...keys], decodeTexts, "repeatable", options);
}

async function readBySlot(
  redis: RedisCommands,
  keys: readonly string[],
  slotOf: (key: string) => number,
  options?: CallOptions,
): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = keys.map(() => undefined);
  await allSettled(
    positionsBySlot(keys, slotOf).map(async (positions) => {
      const part = await redis.call(
        ["MGET", ...positions.map((position) => keys[position]!)],
        decodeTexts,
        "repeatable",
        options,
      );
      for (const [index, position] of positions.entries()) texts[position] = part[index];
    }),
  );
  return texts;
}

/** Writes many keys in one trip, each with its TTL. */
export async function writeTexts(
  redis: RedisCommands,
  entries: readonly { readonly key: string; readonly value: string; readonly ttlMs: StoredTtl }[],
  options?: CallOptions,
): Promise<void> {
  await allSettled(
    entries.map(({ key, value, ttlMs }) =>
      redis.call(["SET", key, value, ...expiry(ttlMs)], decodeNothing, "repeatable", options),
    ),
  );
}

/**
 * Removes keys in one trip.
 *
 * @param repeat A repeated removal counts wrong, so callers who need the count do not repeat it.
 */
export async function removeKeys(
  redis: RedisCommands,
  keys: readonly string[],
  repeat: "repeatable" | "once",
  options?: CallOptions,
): Promise<number> {
  if (keys.length === 0) return 0;
  const groups = redis.transport.slotOf
    ? positionsBySlot(keys, redis.transport.slotOf).map((positions) => positions.map((position) => keys[position]!))
    : [keys];
  const counts = await allSettled(
    groups.map((group) => redis.call(["UNLINK", ...group], decodeNumber, repeat, options)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** SET's arguments for a TTL. */
export function expiry(ttlMs: StoredTtl): (string | number)[] {
  return ttlMs === "forever" ? [] : ["PX", ttlMs];
}

/** Waits for all, so that nothing is still under way when the first error reaches the caller. */
async function allSettled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Positions of the keys, grouped by cluster slot. */
export function positionsBySlot(keys: readonly string[], slotOf: (key: string) => number): number[][] {
  const slots = new Map<number, number[]>();
  for (const [position, key] of keys.entries()) {
    const slot = slotOf(key);
    const positions = slots.get(slot);
    if (positions) positions.push(position);
    else slots.set(slot, [position]);
  }
  return [...slots.values()];
}
