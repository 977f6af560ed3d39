import { codec, freezeDeeply } from "@holdfast/core";
import type { CacheContext } from "./context.ts";
import type { EntryMeta } from "./entry-text.ts";
import type { Moment } from "./invalidation-log.ts";
import type { EncodedValue } from "./stored-values.ts";

/** What the tier needs to know of an entry's age and validity. */
export interface TierFacts {
  readonly since: Moment;
  readonly startedAtMs: number;
  /** Absent for an entry that was written just now. */
  readonly createdAtMs?: number | undefined;
}

/** Keeps a value in this process, as its own copy, for as long as it is fresh and the tier allows. */
export async function keepInTier<T>(
  { tier, options, values, clock }: CacheContext<T>,
  key: string,
  encoded: EncodedValue,
  meta: Pick<EntryMeta, "freshForMs" | "tags">,
  { since, startedAtMs, createdAtMs }: TierFacts,
): Promise<void> {
  if (!tier || !options.memory) return;
  const value = await values.decode(encoded);
  const now = performance.now();
  const storeNow = clock.now() ?? startedAtMs;
  const created = createdAtMs ?? storeNow;
  const staleAt = now - Math.max(0, storeNow - created) + meta.freshForMs;
  const { ttlMs, clone } = options.memory;
  const shareable = clone === "none" || (clone === "freeze" && freezeDeeply(value));
  tier.set(key, {
    value: shareable ? value : undefined,
    copy: shareable ? undefined : copier(value),
    tags: meta.tags,
    since,
    freshUntil: Math.min(staleAt, now + ttlMs),
    staleAt,
    staleUntil: staleAt + Math.max(options.staleIfErrorMs, options.staleWhileRevalidateMs),
    startedAtMs,
    createdAtMs: created,
    freshForMs: meta.freshForMs,
    bytes: 2 * encoded.body.length,
  });
}

/** Makes copies through the codec, which knows every kind of value that can be stored. */
function copier<T>(value: T): () => T {
  const text = codec.encode(value);
  return () => codec.decode(text) as T;
}
