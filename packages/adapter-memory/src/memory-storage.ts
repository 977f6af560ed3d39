import { type CacheEntry, type Clock, systemClock } from "@holdfast/core";
import { Channels } from "./channels.ts";
import { TtlMap } from "./ttl-map.ts";

/** What a key of the key-value store holds. */
export type Item = string | Map<string, string>;

/** A lease on computing a cache entry. */
export interface Lease {
  readonly token: string;
  /** The versions that it computes under, joined by commas. */
  readonly versions: string;
  readonly failed: boolean;
}

export interface MemoryStorageOptions {
  /** Key-value and cache entries that are kept, each. @default no limit */
  readonly maxEntries?: number | undefined;
  /** Bytes that key-value and cache entries take, each. @default no limit */
  readonly maxBytes?: number | undefined;
  /** @default the system's */
  readonly clock?: Clock | undefined;
}

/** Rough bytes of an entry beside its texts. */
const OVERHEAD_BYTES = 100;

/**
 * Data that one or several memory backends share: several backends on one storage see what several processes on
 * one server would. Limits apply to key-value and cache entries, of which the least recently used make room;
 * leases and versions, without which caches would compute or serve wrongly, only expire.
 */
export class MemoryStorage {
  readonly clock: Clock;
  readonly items: TtlMap<Item>;
  readonly cacheEntries: TtlMap<CacheEntry>;
  readonly cacheVersions: TtlMap<string>;
  readonly cacheLeases: TtlMap<Lease>;
  readonly channels: Channels = new Channels();

  constructor({ maxEntries, maxBytes, clock = systemClock }: MemoryStorageOptions = {}) {
    assertLimit("maxEntries", maxEntries);
    assertLimit("maxBytes", maxBytes);
    this.clock = clock;
    this.items = new TtlMap(clock, { maxEntries, maxBytes, bytesOf: bytesOfItem });
    this.cacheEntries = new TtlMap(clock, { maxEntries, maxBytes, bytesOf: bytesOfEntry });
    this.cacheVersions = new TtlMap(clock);
    this.cacheLeases = new TtlMap(clock);
  }
}

function bytesOfItem(item: Item, key: string): number {
  if (typeof item === "string") return 2 * (key.length + item.length) + OVERHEAD_BYTES;
  let bytes = 2 * key.length + OVERHEAD_BYTES;
  for (const [field, value] of item) bytes += 2 * (field.length + value.length) + OVERHEAD_BYTES;
  return bytes;
}

function bytesOfEntry({ text }: CacheEntry, key: string): number {
  return 2 * (key.length + text.length) + 2 * OVERHEAD_BYTES;
}

function assertLimit(name: string, limit: number | undefined): void {
  if (limit === undefined || (Number.isInteger(limit) && limit > 0)) return;
  throw new RangeError(`${name} must be a whole positive number; got ${limit}.`);
}
