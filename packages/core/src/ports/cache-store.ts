import type { CallOptions } from "../call-options.ts";
import type { StoredTtl } from "./key-value-store.ts";

/** The keys of one entry and of what guards it; on a cluster all in one slot. */
export interface CacheSlot {
  readonly entry: string;
  readonly lease: string;
  /** Holds the version of the bucket that the entry is in. Removing it voids every entry of the bucket. */
  readonly bucket: string;
}

/** A stored entry. */
export interface CacheEntry {
  /** Unique to the write. */
  readonly id: string;
  /** When its computation began, in milliseconds of the store's clock. */
  readonly startedAtMs: number;
  /** When it was written, in milliseconds of the store's clock. */
  readonly createdAtMs: number;
  /** The versions under which it was computed, joined by commas: the bucket's, then its tags', in the writer's order. */
  readonly versions: string;
  readonly text: string;
}

/** What to read. */
export interface CacheRead {
  readonly slot: CacheSlot;
  /** Keys of tag versions. */
  readonly tags: readonly string[];
}

/** What was read. The parts need not be of one instant: whichever came first, a mismatch only causes a miss. */
export interface CacheReadResult {
  readonly entry: CacheEntry | undefined;
  /** The bucket's version, then the tags'; `undefined` matches nothing. */
  readonly versions: readonly (string | undefined)[];
}

/** A wish to compute an entry. */
export interface CacheClaim extends CacheRead {
  /** Changes when any tag of the namespace is invalidated; for tags that are named only after computing. */
  readonly epoch: string;
  /** Unique to the claim; 16 characters without white space. Becomes the lease's token. */
  readonly token: string;
  readonly leaseTtlMs: number;
  /** How long versions that are created now are kept: at least as long as what is written under them. */
  readonly versionTtlMs: StoredTtl;
  /** The entry that the caller has seen and does not want; any other one is returned instead of a lease. */
  readonly seen: string | undefined;
  /** The lease that the caller has waited for: its failure is reported rather than followed by another try. */
  readonly waitedFor: string | undefined;
}

/** What became of a claim. */
export type CacheClaimResult =
  /** There is an entry other than the one seen, with the versions that are current. */
  | { readonly kind: "entry"; readonly entry: CacheEntry; readonly versions: readonly (string | undefined)[] }
  /** The lease is the caller's, who is to compute under these versions. Versions that were missing were created. */
  | {
      readonly kind: "granted";
      readonly versions: readonly string[];
      readonly epoch: string;
      readonly startedAtMs: number;
    }
  /** Another holds it and computes under the versions that are current. */
  | { readonly kind: "held"; readonly token: string; readonly remainingMs: number }
  /** The lease that was waited for ended with a failure. */
  | { readonly kind: "failed" };

/** A value that was computed under a lease. */
export interface CacheFill extends CacheRead {
  readonly token: string;
  readonly startedAtMs: number;
  /** As captured by the claim. */
  readonly versions: readonly string[];
  readonly text: string;
  readonly ttlMs: StoredTtl;
  readonly versionTtlMs: StoredTtl;
  /** Keys of the versions of tags that were named only after the claim; appended to the entry's versions. */
  readonly lateTags: readonly string[];
  /** The epoch's key and its version as captured by the claim: if it changed, late tags are not trusted. */
  readonly epoch: { readonly key: string; readonly version: string };
  readonly wake?: Announcement | undefined;
}

/** A value that is written without a lease, over whatever is there or is being computed. */
export interface CachePut extends CacheRead {
  readonly token: string;
  readonly text: string;
  readonly ttlMs: StoredTtl;
  readonly versionTtlMs: StoredTtl;
}

/** What is to be void. */
export interface CacheInvalidation {
  /** Entries to remove, with the leases of their computations. */
  readonly slots: readonly CacheSlot[];
  /** Keys of tag versions to remove. */
  readonly tags: readonly string[];
  /** Keys of bucket versions to remove. */
  readonly buckets: readonly string[];
  /** The epoch's key; removed with tags. */
  readonly epoch: string;
  readonly announce?: Announcement | undefined;
}

/** A message for the bus, sent once the change is made. */
export interface Announcement {
  readonly channel: string;
  readonly message: string;
}

/**
 * What a cache needs of a store: entries, the versions that keep them valid, and leases to compute them.
 * Keys are complete stored keys; versions are random, and only ever created, compared and removed. Every
 * method is one round trip unless it says otherwise, and safe to repeat.
 *
 * The protocol follows the leases of Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), extended
 * to tags and namespaces.
 *
 * @throws {BackendUnavailableError} The store did not answer.
 * @throws {BackendTimeoutError} As above, after `timeoutMs`.
 */
export interface CacheStore {
  /** Over how many buckets a namespace is best spread: 1, or more on a cluster, so that no node is asked by every read. */
  readonly buckets: number;
  /**
   * Grows when the server was restarted or another took its place: what it holds now may be older than what was
   * there, invalidations included. Absent where that cannot be told.
   */
  generation?(): number;
  /** @returns For each read, in order, the entry and the current versions. */
  read(reads: readonly CacheRead[], options?: CallOptions): Promise<CacheReadResult[]>;
  /** Takes a lease for each claim where nobody computes under the current versions. On a cluster, tags and the epoch cost a trip before. */
  claim(claims: readonly CacheClaim[], options?: CallOptions): Promise<CacheClaimResult[]>;
  /** Stores each value whose lease still holds, and frees the lease. @returns Whether it was stored. On a cluster, late tags cost two trips before. */
  fill(fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]>;
  /** @returns Whether the lease still holds and now lives on for `leaseTtlMs`. */
  renew(slot: CacheSlot, token: string, leaseTtlMs: number, options?: CallOptions): Promise<boolean>;
  /**
   * Frees the lease, if it holds; with `failureTtlMs` its failure is kept for that long, for those who wait.
   */
  release(
    slot: CacheSlot,
    token: string,
    failureTtlMs: number | undefined,
    wake?: Announcement,
    options?: CallOptions,
  ): Promise<void>;
  /** Writes each value under the versions that are current, and voids computations under way. On a cluster, tags cost a trip before. */
  put(puts: readonly CachePut[], announce?: Announcement, options?: CallOptions): Promise<void>;
  /**
   * Voids what is named, wherever it is cached or being computed. On a cluster it is at least two trips: the announcement
   * follows the change.
   *
   * @returns The store's clock at a moment when it was done, in milliseconds.
   */
  invalidate(invalidation: CacheInvalidation, options?: CallOptions): Promise<number>;
  /** @returns The store's clock, in milliseconds. */
  now(options?: CallOptions): Promise<number>;
}
