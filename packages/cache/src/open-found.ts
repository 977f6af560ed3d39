import type { CacheContext } from "./context.ts";
import { Handout } from "./handout.ts";
import type { Found } from "./lookup.ts";
import type { Detailed } from "./result.ts";
import { keepInTier } from "./tier-entry.ts";

/** A stored entry, decoded, and what is known of it. */
export interface Opened<T> {
  readonly handout: Handout<T>;
  readonly facts: Omit<Detailed<T>, "value">;
}

/**
 * Decodes an entry, counts the hit, and keeps the value in memory if it is fresh.
 *
 * @returns `undefined` if the text or the value is not valid, where that is to be a miss.
 */
export async function openFound<T>(
  context: CacheContext<T>,
  key: string,
  found: Found,
): Promise<Opened<T> | undefined> {
  const { values, options, counts, emit } = context;
  const { entry, meta, body, ageMs, freshness, since } = found;
  const encoded = { body, gzip: meta.gzip };
  let value: T;
  try {
    const decoded = values.decode(encoded);
    value = decoded instanceof Promise ? await decoded : decoded;
  } catch (error) {
    counts.invalid += 1;
    emit?.({ type: "invalid", key, error });
    if (options.onInvalid === "throw") throw error;
    return undefined;
  }
  const stale = freshness !== "fresh";
  if (stale) counts.hits.stale += 1;
  counts.hits.store += 1;
  emit?.({ type: "hit", key, tier: "store", stale });
  if (!stale && context.tier) await keepInTier(context, key, encoded, meta, { since, ...entry });
  return {
    handout: new Handout(value, () => values.decode(encoded)),
    facts: { status: stale ? "stale" : "hit", tier: "store", ageMs, ttlMs: meta.freshForMs - ageMs },
  };
}
