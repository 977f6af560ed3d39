import type { HoldfastError } from "@holdfast/core";
import type { Invalidated } from "./cache-bus.ts";

/** What a cache tells its listener. No event holds a value. */
export type CacheEvent =
  | { readonly type: "hit"; readonly key: string; readonly tier: "memory" | "store"; readonly stale: boolean }
  | { readonly type: "miss"; readonly key: string }
  /** The factory has run and its value, unless `stored` is false, is in the store. */
  | { readonly type: "computed"; readonly key: string; readonly durationMs: number; readonly stored: boolean }
  | { readonly type: "factoryError"; readonly key: string; readonly error: unknown }
  /** A stored value could not be read, or does not fit the schema. */
  | { readonly type: "invalid"; readonly key: string; readonly error: unknown }
  | ({ readonly type: "invalidated"; readonly origin: "here" | "elsewhere" } & Invalidated)
  /** The store failed, and the cache went on without it. */
  | { readonly type: "storeError"; readonly operation: string; readonly error: HoldfastError };

/** Counts since the cache was created. */
export interface CacheStats {
  readonly hits: { readonly memory: number; readonly store: number; readonly stale: number };
  readonly misses: number;
  readonly factoryRuns: number;
  readonly factoryErrors: number;
  /** Callers who got the result of a computation that another caller had begun. */
  readonly joined: number;
  /** Values that were computed and not stored, since something voided them meanwhile. */
  readonly discarded: number;
  readonly invalid: number;
  readonly storeErrors: number;
}

/** The same, while counting. */
export type Counts = { -readonly [Name in keyof CacheStats]: CacheStats[Name] } & {
  hits: { memory: number; store: number; stale: number };
};

export function createCounts(): Counts {
  return {
    hits: { memory: 0, store: 0, stale: 0 },
    misses: 0,
    factoryRuns: 0,
    factoryErrors: 0,
    joined: 0,
    discarded: 0,
    invalid: 0,
    storeErrors: 0,
  };
}
