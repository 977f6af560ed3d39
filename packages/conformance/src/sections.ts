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
import { SESSION_COMMITS } from "./session-commits.ts";
import { SESSION_ENDS } from "./session-ends.ts";
import { SESSION_NUMBERS } from "./session-numbers.ts";
import { SESSION_RACES } from "./session-races.ts";
import { SESSION_RECORDS } from "./session-records.ts";
import { SESSION_ROTATION } from "./session-rotation.ts";
import { SESSION_USERS } from "./session-users.ts";
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
  SESSION_RECORDS,
  SESSION_ENDS,
  SESSION_COMMITS,
  SESSION_NUMBERS,
  SESSION_ROTATION,
  SESSION_USERS,
  SESSION_RACES,
  BUS,
  CALLS,
  KV_FEATURE,
  CACHE_FEATURE,
];
