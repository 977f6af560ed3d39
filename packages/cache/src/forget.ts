import type { Invalidated } from "./cache-bus.ts";
import type { InvalidationLog } from "./invalidation-log.ts";
import type { MemoryTier } from "./memory-tier.ts";

/** Lets go of what was invalidated, here or elsewhere. */
export function forget<T>(
  log: InvalidationLog,
  tier: MemoryTier<T> | undefined,
  { keys, tags, all }: Invalidated,
): void {
  if (all) {
    log.voidAll();
    tier?.clear();
  }
  for (const tag of tags) log.voidTag(tag);
  for (const key of keys) {
    log.voidKey(key);
    tier?.delete(key);
  }
}
