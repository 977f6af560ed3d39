import type { CacheEntry } from "@holdfast/core";
import type { EntryMeta } from "./entry-text.ts";
import type { ResolvedCacheOptions } from "./options.ts";

/** `"late"`: too old to be served, except where computing fails or takes long. */
export type Freshness = "fresh" | "stale" | "late";

type Options = Pick<
  ResolvedCacheOptions<unknown>,
  "staleWhileRevalidateMs" | "staleIfErrorMs" | "eagerBeta" | "jitter"
>;

/** @param storeNowMs The store's clock; where it is not known, what the store still holds counts as fresh. */
export function ageOf(entry: CacheEntry, storeNowMs: number | undefined): number {
  return storeNowMs === undefined ? 0 : Math.max(0, storeNowMs - entry.createdAtMs);
}

export function freshnessOf({ freshForMs }: EntryMeta, ageMs: number, { staleWhileRevalidateMs }: Options): Freshness {
  if (ageMs < freshForMs) return "fresh";
  return ageMs < freshForMs + staleWhileRevalidateMs ? "stale" : "late";
}

/** How long the store keeps an entry: as long as it may be of use. */
export function keptForMs(freshForMs: number, { staleWhileRevalidateMs, staleIfErrorMs }: Options): number | "forever" {
  return Number.isFinite(freshForMs) ? freshForMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs) : "forever";
}

/** Long enough that an entry does not outlive the versions it was computed under. */
export function versionsKeptForMs(keptMs: number | "forever"): number | "forever" {
  return keptMs === "forever" ? keptMs : Math.max(2 * keptMs, 3_600_000);
}

/** A TTL shortened at random by up to the jitter's part of it. */
export function jittered(ttlMs: number, { jitter }: Options): number {
  return Number.isFinite(ttlMs) ? Math.max(1, Math.round(ttlMs * (1 - jitter * Math.random()))) : ttlMs;
}

/**
 * XFetch: whether to renew a fresh entry already, at random, the likelier the closer its end and the longer it
 * takes to compute.
 *
 * @see Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015
 */
export function isDueEarly({ freshForMs, costMs }: EntryMeta, ageMs: number, { eagerBeta }: Options): boolean {
  return eagerBeta > 0 && ageMs - costMs * eagerBeta * Math.log(Math.random()) >= freshForMs;
}
