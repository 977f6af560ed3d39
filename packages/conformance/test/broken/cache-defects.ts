import { cacheDefect, type Defect, pause } from "./override.ts";

const entries = "cache entries";
const leases = "cache leases";
const invalidation = "cache invalidation";

export const CACHE_DEFECTS: readonly Defect[] = [
  cacheDefect(entries, "reads come in another order", (cache) => ({
    read: async (reads, options) => await cache.read(reads.toReversed(), options),
  })),
  cacheDefect(entries, "texts are trimmed", (cache) => ({
    put: (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, text: put.text.trim() })),
        ...rest,
      ),
  })),
  cacheDefect(entries, "filled texts are cut", (cache) => ({
    fill: (fills) => cache.fill(fills.map((fill) => ({ ...fill, text: fill.text.slice(0, 1_000) }))),
  })),
  cacheDefect(entries, "entries never expire", (cache) => ({
    put: (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, ttlMs: "forever" as const })),
        ...rest,
      ),
  })),
  cacheDefect(entries, "versions end with the first entry", (cache) => ({
    put: (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, versionTtlMs: put.ttlMs })),
        ...rest,
      ),
  })),
  cacheDefect(entries, "a lost version counts as valid", (cache) => ({
    read: async (reads) =>
      (await cache.read(reads)).map(({ entry, versions }) => ({
        entry,
        versions: entry && versions.includes(undefined) ? entry.versions.split(",") : versions,
      })),
  })),
  cacheDefect(entries, "versions begin anew at the same value", (cache) => ({
    read: async (reads, options) =>
      (await cache.read(reads, options)).map(({ entry, versions }, index) => {
        const { slot, tags } = reads[index]!;
        const first = [slot.bucket, ...tags].map((key) => `first of ${key}`);
        return {
          entry: entry && {
            ...entry,
            versions: entry.versions
              .split(",")
              .map((_, at) => first[at])
              .join(),
          },
          versions: versions.map((version, at) => version && first[at]),
        };
      }),
  })),
  cacheDefect(entries, "a fill does not prolong versions", (cache) => ({
    fill: (fills, options) =>
      cache.fill(
        fills.map((fill) => ({ ...fill, versionTtlMs: 1 })),
        options,
      ),
  })),
  cacheDefect(entries, "entries of one put share the first one's TTL", (cache) => ({
    put: (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, ttlMs: puts[0]!.ttlMs })),
        ...rest,
      ),
  })),
  cacheDefect(entries, "versions of one put share the first one's TTL", (cache) => ({
    put: (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, versionTtlMs: puts[0]!.versionTtlMs })),
        ...rest,
      ),
  })),
  cacheDefect(entries, "the clock is another one's", (cache) => ({
    now: async () => (await cache.now()) - 60_000,
  })),
  cacheDefect(entries, "a repeated fill says that it failed", (cache) => {
    const filled = new Set<string>();
    return {
      fill: async (fills) => {
        const stored = await cache.fill(fills);
        return fills.map(({ token }, index) => (stored[index] ?? false) && filled.size !== filled.add(token).size);
      },
    };
  }),
  cacheDefect(leases, "everyone gets a lease", (cache) => ({
    claim: async (claims) => {
      const results = await cache.claim(claims);
      return results.map((result) =>
        result.kind === "held" ? { kind: "granted", versions: ["v"], epoch: "e", startedAtMs: 0 } : result,
      );
    },
  })),
  cacheDefect(leases, "a repeated claim waits for itself", (cache) => {
    const claimed = new Set<string>();
    return {
      claim: async (claims) =>
        (await cache.claim(claims)).map((result, index) => {
          const token = claims[index]?.token ?? "";
          if (claimed.has(token)) return { kind: "held", token, remainingMs: 1 };
          claimed.add(token);
          return result;
        }),
    };
  }),
  cacheDefect(leases, "a claim never finds an entry", (cache) => ({
    claim: async (claims) => {
      const read = await cache.read(claims);
      return cache.claim(claims.map((claim, index) => ({ ...claim, seen: read[index]?.entry?.id })));
    },
  })),
  cacheDefect(leases, "a claim always returns the entry that is there", (cache) => ({
    claim: (claims) => cache.claim(claims.map((claim) => ({ ...claim, seen: undefined }))),
  })),
  cacheDefect(leases, "leases do not end", (cache) => ({
    claim: (claims) => cache.claim(claims.map((claim) => ({ ...claim, leaseTtlMs: 86_400_000 }))),
  })),
  cacheDefect(leases, "fill does not look at the lease", (cache) => ({
    fill: async (fills) => {
      await cache.put(fills);
      return fills.map(() => true);
    },
  })),
  cacheDefect(leases, "fill keeps the lease", (cache) => ({
    fill: async (fills) => {
      const stored = await cache.fill(fills);
      await cache.claim(
        fills.map((fill) => ({
          ...fill,
          epoch: fill.epoch.key,
          leaseTtlMs: 60_000,
          seen: fill.token,
          waitedFor: undefined,
        })),
      );
      return stored;
    },
  })),
  cacheDefect(leases, "renew always says yes", () => ({ renew: async () => true })),
  cacheDefect(leases, "renew does nothing", (cache) => ({
    renew: (slot, token) => cache.renew(slot, token, 500),
  })),
  cacheDefect(leases, "release frees anybody's lease", (cache) => ({
    release: (slot, _token, failureTtlMs, ...rest) =>
      failureTtlMs === undefined
        ? cache.invalidate({ slots: [slot], tags: [], buckets: [], epoch: "" }).then(() => {})
        : cache.release(slot, _token, failureTtlMs, ...rest),
  })),
  cacheDefect(leases, "failures are not told", (cache) => ({
    release: (slot, token, _failureTtlMs, ...rest) => cache.release(slot, token, undefined, ...rest),
  })),
  cacheDefect(leases, "failures are never forgotten", (cache) => ({
    release: (slot, token, failureTtlMs, ...rest) =>
      cache.release(slot, token, failureTtlMs === undefined ? undefined : 86_400_000, ...rest),
  })),
  cacheDefect(leases, "failures are told to everyone", (cache) => {
    const failed = new Map<string, string>();
    return {
      release: async (slot, token, failureTtlMs, ...rest) => {
        if (failureTtlMs !== undefined) failed.set(slot.lease, token);
        await cache.release(slot, token, failureTtlMs, ...rest);
      },
      claim: (claims, options) =>
        cache.claim(
          claims.map((claim) => ({ ...claim, waitedFor: failed.get(claim.slot.lease) })),
          options,
        ),
    };
  }),
  cacheDefect(leases, "a late fill frees the lease of who took over", (cache) => ({
    fill: async (fills, options) => {
      const stored = await cache.fill(fills, options);
      const slots = fills.filter((_, index) => !stored[index]).map(({ slot }) => slot);
      await cache.invalidate({ slots, tags: [], buckets: [], epoch: "" });
      return stored;
    },
  })),
  cacheDefect(leases, "leases that are taken together share the first one's TTL", (cache) => ({
    claim: (claims, options) =>
      cache.claim(
        claims.map((claim) => ({ ...claim, leaseTtlMs: claims[0]!.leaseTtlMs })),
        options,
      ),
  })),
  cacheDefect(leases, "claims of many are answered in another order", (cache) => ({
    claim: async (claims) => (await cache.claim(claims)).toReversed(),
  })),
  cacheDefect(invalidation, "tags are not invalidated", (cache) => ({
    invalidate: (what) => cache.invalidate({ ...what, tags: [] }),
  })),
  cacheDefect(invalidation, "buckets are not invalidated", (cache) => ({
    invalidate: (what) => cache.invalidate({ ...what, buckets: [] }),
  })),
  cacheDefect(invalidation, "invalidating one entry voids its bucket", (cache) => ({
    invalidate: (what) => cache.invalidate({ ...what, buckets: what.slots.map((slot) => slot.bucket) }),
  })),
  cacheDefect(invalidation, "invalidation spares computations under way", (cache) => ({
    invalidate: (what) =>
      cache.invalidate({ ...what, slots: what.slots.map((slot) => ({ ...slot, lease: `${slot.lease}?` })) }),
  })),
  cacheDefect(invalidation, "values computed before are stored under the versions of now", (cache) => ({
    fill: async (fills) => {
      const read = await cache.read(fills);
      return cache.fill(
        fills.map((fill, index) => ({
          ...fill,
          versions: read[index]?.versions.map((version, at) => version ?? fill.versions[at] ?? "") ?? fill.versions,
        })),
      );
    },
  })),
  cacheDefect(invalidation, "a fill that is refused for its late tags keeps the lease", (cache) => ({
    fill: async (fills, options) => {
      const epochs = await cache.read(fills.map(({ slot, epoch }) => ({ slot, tags: [epoch.key] })));
      const refused = (index: number) =>
        fills[index]!.lateTags.length > 0 && epochs[index]?.versions[1] !== fills[index]!.epoch.version;
      const stored = await cache.fill(
        fills.filter((_, index) => !refused(index)),
        options,
      );
      return fills.map((_, index) => !refused(index) && stored.shift() === true);
    },
  })),
  cacheDefect(invalidation, "only the first thousand are removed", (cache) => ({
    invalidate: (what, options) => cache.invalidate({ ...what, slots: what.slots.slice(0, 1_000) }, options),
  })),
  cacheDefect(invalidation, "naming nothing voids everything", (cache) => {
    const buckets = new Set<string>();
    return {
      put: async (puts, ...rest) => {
        for (const { slot } of puts) buckets.add(slot.bucket);
        await cache.put(puts, ...rest);
      },
      invalidate: (what, options) =>
        cache.invalidate(
          what.slots.length + what.tags.length + what.buckets.length > 0 ? what : { ...what, buckets: [...buckets] },
          options,
        ),
    };
  }),
  cacheDefect(invalidation, "put spares computations under way", (cache) => ({
    put: async (puts, ...rest) =>
      cache.put(
        puts.map((put) => ({ ...put, slot: { ...put.slot, lease: `${put.slot.lease}?` } })),
        ...rest,
      ),
  })),
  cacheDefect(invalidation, "late tags are trusted", (cache) => ({
    invalidate: (what) => cache.invalidate({ ...what, epoch: `${what.epoch}?` }),
  })),
  cacheDefect(invalidation, "announcements go out before the change", (cache) => ({
    invalidate: async ({ announce, ...what }) => {
      if (announce) await cache.invalidate({ ...what, slots: [], announce });
      // The handle may be closed by then.
      void pause()
        .then(() => cache.invalidate(what))
        .catch(() => {});
      return cache.now();
    },
  })),
  cacheDefect(invalidation, "nothing is announced", (cache) => ({
    invalidate: ({ announce: _announce, ...what }) => cache.invalidate(what),
  })),
  cacheDefect("cache feature", "fill does not look at the lease, under createCache", (cache) => ({
    fill: async (fills) => {
      await cache.put(fills);
      return fills.map(() => true);
    },
  })),
];
