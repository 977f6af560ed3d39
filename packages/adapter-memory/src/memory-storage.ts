import { type CacheEntry, type Clock, systemClock } from "@holdfast/core";
import { Channels } from "./channels.ts";
import { Hash } from "./hash.ts";
import type { StoredSession, Tombstone } from "./stored-session.ts";
import { TtlMap } from "./ttl-map.ts";

/** What a key of the key-value store holds. */
export type Item = string | Hash;

/** A lease on computing a cache entry. */
export interface Lease {
  readonly token: string;
  /** The versions that it computes under, joined by commas. */
  readonly versions: string;
  readonly failed: boolean;
}

export interface MemoryStorageOptions {
  /**
   * How many key-value items are kept, and how many cache entries: each kind has this limit to itself, so that a burst
   * of cache fills evicts no counter. A whole positive number. @default no limit
   */
  readonly maxEntries?: number | undefined;
  /**
   * Bytes that key-value items may take, and bytes that cache entries may take, each. Estimated: two for each UTF-16
   * unit of keys and texts, and about 100 for each entry and field. A whole positive number. @default no limit
   */
  readonly maxBytes?: number | undefined;
  /** Where the time of expiry comes from. @default the system's clock */
  readonly clock?: Clock | undefined;
}

/** Rough bytes of an entry beside its texts. */
const OVERHEAD_BYTES = 100;

/**
 * Data that one or several memory backends share: several backends on one storage see what several processes on
 * one server would.
 *
 * Each kind of data has a map of its own. Limits apply to key-value items and to cache entries, of which the least
 * recently used make room; other kinds, without which features would give wrong answers, only expire.
 *
 * @throws {RangeError} A limit is not a whole positive number.
 */
export class MemoryStorage {
  readonly clock: Clock;
  readonly items: TtlMap<Item>;
  readonly cacheEntries: TtlMap<CacheEntry>;
  readonly cacheVersions: TtlMap<string>;
  readonly cacheLeases: TtlMap<Lease>;
  readonly sessions: TtlMap<StoredSession | Tombstone>;
  /** The deadlines of a user's sessions, by their keys. */
  readonly sessionIndexes: TtlMap<Map<string, number>>;
  readonly sessionEpochs: TtlMap<string>;
  readonly channels: Channels = new Channels();

  constructor({ maxEntries, maxBytes, clock = systemClock }: MemoryStorageOptions = {}) {
    assertLimit("maxEntries", maxEntries);
    assertLimit("maxBytes", maxBytes);
    this.clock = clock;
    this.items = new TtlMap(clock, { maxEntries, maxBytes, bytesOf: bytesOfItem });
    this.cacheEntries = new TtlMap(clock, { maxEntries, maxBytes, bytesOf: bytesOfEntry });
    this.cacheVersions = new TtlMap(clock);
    this.cacheLeases = new TtlMap(clock);
    this.sessions = new TtlMap(clock);
    this.sessionIndexes = new TtlMap(clock);
    this.sessionEpochs = new TtlMap(clock);
  }
}

function bytesOfItem(item: Item, key: string): number {
  return 2 * key.length + (item instanceof Hash ? item.bytes : 2 * item.length) + OVERHEAD_BYTES;
}

function bytesOfEntry({ text }: CacheEntry, key: string): number {
  return 2 * (key.length + text.length) + 2 * OVERHEAD_BYTES;
}

function assertLimit(name: string, limit: number | undefined): void {
  if (limit === undefined || (Number.isInteger(limit) && limit > 0)) return;
  throw new RangeError(`${name} must be a whole positive number; got ${limit}.`);
}
