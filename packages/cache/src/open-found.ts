import type { CacheContext } from "./context.ts";
import { Handout } from "./handout.ts";
import type { Found, Missing } from "./lookup.ts";
import type { Detailed } from "./result.ts";
import { keepInTier } from "./tier-entry.ts";

/** A value for whoever shares a look, and what is known of it. */
export interface Opened<T> {
  readonly handout: Handout<T>;
  readonly facts: Omit<Detailed<T>, "value">;
}

/** Stands for a text or a value that is not valid, where that is to be a miss. */
export const INVALID: unique symbol = Symbol("invalid");

/**
 * Decodes an entry, counts the hit, and keeps the value in memory if it is fresh.
 *
 * @returns A promise only where compression, the schema or the tier needs one.
 * @throws {SerializationError | ValidationError} The text or the value is not valid, and `onInvalid` is `"throw"`.
 */
export function decodeFound<T>(
  context: CacheContext<T>,
  key: string,
  found: Found,
): T | typeof INVALID | Promise<T | typeof INVALID> {
  const { meta, body } = found;
  try {
    const decoded = context.values.decode({ body, gzip: meta.gzip });
    if (decoded instanceof Promise || context.tier) return finish(context, key, found, decoded);
    return count(context, key, found, decoded);
  } catch (error) {
    return refuse(context, key, error);
  }
}

/** As {@link decodeFound}; what is missing, or too old to be served, counts as not valid. */
export function decodeServable<T>(
  context: CacheContext<T>,
  key: string,
  judgement: Found | Missing | undefined,
): T | typeof INVALID | Promise<T | typeof INVALID> {
  return judgement?.kind === "found" && judgement.freshness !== "late" ? decodeFound(context, key, judgement) : INVALID;
}

/** As {@link decodeFound}, for several callers. @returns `undefined` for what is not valid. */
export async function openFound<T>(
  context: CacheContext<T>,
  key: string,
  found: Found,
): Promise<Opened<T> | undefined> {
  const value = await decodeFound(context, key, found);
  if (value === INVALID) return undefined;
  const { meta, body } = found;
  return {
    handout: new Handout(value, () => context.values.decode({ body, gzip: meta.gzip })),
    facts: factsOf(found),
  };
}

/** What a caller who asks for details is told. */
export function factsOf({ meta, ageMs, freshness }: Found): Omit<Detailed<never>, "value"> {
  return { status: freshness === "fresh" ? "hit" : "stale", tier: "store", ageMs, ttlMs: meta.freshForMs - ageMs };
}

async function finish<T>(
  context: CacheContext<T>,
  key: string,
  found: Found,
  decoded: T | Promise<T>,
): Promise<T | typeof INVALID> {
  let value: T;
  try {
    value = await decoded;
  } catch (error) {
    return refuse(context, key, error);
  }
  const { meta, body, entry, since, freshness } = found;
  if (freshness === "fresh") {
    const { startedAtMs, createdAtMs } = entry;
    await keepInTier(context, key, { body, gzip: meta.gzip }, meta, { since, startedAtMs, createdAtMs });
  }
  return count(context, key, found, value);
}

function count<T>({ counts, emit }: CacheContext<T>, key: string, { freshness }: Found, value: T): T {
  const stale = freshness !== "fresh";
  counts.hits.store += 1;
  if (stale) counts.hits.stale += 1;
  emit?.({ type: "hit", key, tier: "store", stale });
  return value;
}

/** Counts a key that has no value that may be served. */
export function countMiss<T>({ counts, emit }: CacheContext<T>, key: string): void {
  counts.misses += 1;
  emit?.({ type: "miss", key });
}

function refuse<T>({ options, counts, emit }: CacheContext<T>, key: string, error: unknown): typeof INVALID {
  counts.invalid += 1;
  emit?.({ type: "invalid", key, error });
  if (options.onInvalid === "throw") throw error;
  return INVALID;
}
