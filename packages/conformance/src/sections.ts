import { BUS } from "./bus.ts";
import { CACHE_ENTRIES } from "./cache-entries.ts";
import { CACHE_FEATURE } from "./cache-feature.ts";
import { CACHE_INVALIDATION } from "./cache-invalidation.ts";
import { CACHE_LEASES } from "./cache-leases.ts";
import { CALLS } from "./calls.ts";
import { KV_COUNTERS } from "./kv-counters.ts";
import { KV_FEATURE } from "./kv-feature.ts";
import { KV_HASHES } from "./kv-hashes.ts";
import { KV_SCAN } from "./kv-scan.ts";
import { KV_TEXT } from "./kv-text.ts";
import { KV_TTL } from "./kv-ttl.ts";
import type { Section } from "./suite.ts";

/** Everything that a backend is asked, one file for each section. A new store adds its own. */
export const SECTIONS: readonly Section[] = [
  KV_TEXT,
  KV_TTL,
  KV_COUNTERS,
  KV_HASHES,
  KV_SCAN,
  CACHE_ENTRIES,
  CACHE_LEASES,
  CACHE_INVALIDATION,
  BUS,
  CALLS,
  KV_FEATURE,
  CACHE_FEATURE,
];
