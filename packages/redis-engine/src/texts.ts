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
  const read = (some: readonly string[]) => redis.call(["MGET", ...some], decodeTexts, "repeatable", options);
  const { slotOf } = redis.transport;
  return slotOf ? scatter(keys, slotOf, (positions) => read(positions.map((position) => keys[position]!))) : read(keys);
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

/** On a cluster: runs once for each slot among the keys, all together, and puts the results in the keys' order. */
export async function scatter<Result>(
  keys: readonly string[],
  slotOf: (key: string) => number,
  run: (positions: readonly number[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  await allSettled(
    positionsBySlot(keys, slotOf).map(async (positions) => {
      const part = await run(positions);
      for (const [index, position] of positions.entries()) results[position] = part[index]!;
    }),
  );
  return results;
}

/** Positions of the keys, grouped by cluster slot. */
function positionsBySlot(keys: readonly string[], slotOf: (key: string) => number): number[][] {
  const slots = new Map<number, number[]>();
  for (const [position, key] of keys.entries()) {
    const slot = slotOf(key);
    const positions = slots.get(slot);
    if (positions) positions.push(position);
    else slots.set(slot, [position]);
  }
  return [...slots.values()];
}
