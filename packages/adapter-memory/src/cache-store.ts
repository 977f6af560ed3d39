import type {
  Announcement,
  CacheClaim,
  CacheClaimResult,
  CacheFill,
  CacheInvalidation,
  CachePut,
  CacheRead,
  CacheReadResult,
  CacheSlot,
  CacheStore,
  CallOptions,
  StoredTtl,
} from "@holdfast/core";
import type { Calls } from "./calls.ts";
import type { MemoryStorage } from "./memory-storage.ts";

/** The cache port in this process's memory. */
export class MemoryCacheStore implements CacheStore {
  readonly buckets = 1;
  readonly #storage: MemoryStorage;
  readonly #calls: Calls;

  constructor(storage: MemoryStorage, calls: Calls) {
    this.#storage = storage;
    this.#calls = calls;
  }

  read(reads: readonly CacheRead[], options?: CallOptions): Promise<CacheReadResult[]> {
    const { cacheEntries, cacheVersions } = this.#storage;
    return this.#calls.run(
      () =>
        reads.map(({ slot, tags }) => ({
          entry: cacheEntries.get(slot.entry),
          versions: [slot.bucket, ...tags].map((key) => cacheVersions.get(key)),
        })),
      options,
    );
  }

  claim(claims: readonly CacheClaim[], options?: CallOptions): Promise<CacheClaimResult[]> {
    return this.#calls.run(() => claims.map((claim) => this.#claimOne(claim)), options);
  }

  fill(fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]> {
    return this.#calls.run(() => fills.map((fill) => this.#fillOne(fill)), options);
  }

  renew(slot: CacheSlot, token: string, leaseTtlMs: number, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => {
      const lease = this.#storage.cacheLeases.get(slot.lease);
      if (lease?.token !== token || lease.failed) return false;
      this.#storage.cacheLeases.set(slot.lease, lease, leaseTtlMs);
      return true;
    }, options);
  }

  release(
    slot: CacheSlot,
    token: string,
    failureTtlMs: number | undefined,
    wake?: Announcement,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.run(() => {
      const { cacheLeases } = this.#storage;
      const lease = cacheLeases.get(slot.lease);
      if (lease?.token !== token) return;
      if (failureTtlMs === undefined) cacheLeases.delete(slot.lease);
      else cacheLeases.set(slot.lease, { ...lease, failed: true }, failureTtlMs);
      this.#announce(wake);
    }, options);
  }

  put(puts: readonly CachePut[], announce?: Announcement, options?: CallOptions): Promise<void> {
    return this.#calls.run(() => {
      const { cacheEntries, cacheLeases, clock } = this.#storage;
      for (const { slot, tags, token, text, ttlMs, versionTtlMs } of puts) {
        const versions = [slot.bucket, ...tags].map((key) => this.#version(key, token, versionTtlMs));
        const now = clock.now();
        cacheEntries.set(
          slot.entry,
          { id: token, startedAtMs: now, createdAtMs: now, versions: versions.join(), text },
          ttlMs,
        );
        cacheLeases.delete(slot.lease);
      }
      this.#announce(announce);
    }, options);
  }

  invalidate({ slots, tags, buckets, epoch, announce }: CacheInvalidation, options?: CallOptions): Promise<number> {
    return this.#calls.run(() => {
      const { cacheEntries, cacheLeases, cacheVersions, clock } = this.#storage;
      for (const { entry, lease } of slots) {
        cacheEntries.delete(entry);
        cacheLeases.delete(lease);
      }
      for (const key of [...tags, ...buckets]) cacheVersions.delete(key);
      if (tags.length > 0) cacheVersions.delete(epoch);
      this.#announce(announce);
      return clock.now();
    }, options);
  }

  now(options?: CallOptions): Promise<number> {
    return this.#calls.run(() => this.#storage.clock.now(), options);
  }

  #claimOne({ slot, tags, epoch, token, leaseTtlMs, versionTtlMs, seen, waitedFor }: CacheClaim): CacheClaimResult {
    const { cacheEntries, cacheLeases, cacheVersions, clock } = this.#storage;
    const entry = cacheEntries.get(slot.entry);
    if (entry && entry.id !== seen) {
      return { kind: "entry", entry, versions: [slot.bucket, ...tags].map((key) => cacheVersions.get(key)) };
    }
    const versions = [slot.bucket, ...tags].map((key) => this.#version(key, token, versionTtlMs));
    const lease = cacheLeases.get(slot.lease);
    if (lease?.failed && lease.token === waitedFor) return { kind: "failed" };
    if (lease && !lease.failed && lease.token !== token && lease.versions === versions.join()) {
      return { kind: "held", token: lease.token, remainingMs: Number(cacheLeases.ttl(slot.lease)) };
    }
    cacheLeases.set(slot.lease, { token, versions: versions.join(), failed: false }, leaseTtlMs);
    return { kind: "granted", versions, epoch: this.#version(epoch, token, versionTtlMs), startedAtMs: clock.now() };
  }

  #fillOne(fill: CacheFill): boolean {
    const { slot, tags, token, startedAtMs, text, ttlMs, versionTtlMs, lateTags, epoch, wake } = fill;
    const { cacheEntries, cacheLeases, cacheVersions, clock } = this.#storage;
    const lease = cacheLeases.get(slot.lease);
    if (lease?.token !== token || lease.failed) return cacheEntries.get(slot.entry)?.id === token;
    cacheLeases.delete(slot.lease);
    this.#announce(wake);
    if (lateTags.length > 0 && cacheVersions.get(epoch.key) !== epoch.version) return false;
    for (const key of [slot.bucket, ...tags]) this.#prolong(key, versionTtlMs);
    const versions = [...fill.versions, ...lateTags.map((key) => this.#version(key, token, versionTtlMs))];
    const entry = { id: token, startedAtMs, createdAtMs: clock.now(), versions: versions.join(), text };
    cacheEntries.set(slot.entry, entry, ttlMs);
    return cacheEntries.excessBytes(slot.entry, entry) === 0;
  }

  /** The version at a key, created where it is missing, kept at least for `ttlMs`. */
  #version(key: string, fresh: string, ttlMs: StoredTtl): string {
    const version = this.#storage.cacheVersions.get(key);
    if (version === undefined) this.#storage.cacheVersions.set(key, fresh, ttlMs);
    else this.#prolong(key, ttlMs);
    return version ?? fresh;
  }

  #prolong(key: string, ttlMs: StoredTtl): void {
    const { cacheVersions } = this.#storage;
    const left = cacheVersions.ttl(key);
    if (typeof left !== "number" || (ttlMs !== "forever" && left >= ttlMs)) return;
    cacheVersions.set(key, cacheVersions.get(key) ?? "", ttlMs);
  }

  #announce(announcement: Announcement | undefined): void {
    if (announcement) this.#storage.channels.publish(announcement.channel, announcement.message);
  }
}
