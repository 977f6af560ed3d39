import type { CacheFill, CacheStore } from "@holdfast/core";

/** A store with some operations replaced. */
function withBroken(store: CacheStore, broken: Partial<CacheStore>): CacheStore {
  return new Proxy(store, {
    get(target, name) {
      const replaced = broken[name as keyof CacheStore];
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** Fills whether or not the lease still holds. */
export function withoutLeaseCheck(store: CacheStore): CacheStore {
  return withBroken(store, {
    async fill(fills) {
      return Promise.all(fills.map((fill) => fillAnyway(store, fill, fill.versions)));
    },
  });
}

/** Stamps what it fills with the versions of the moment, not those under which it was computed. */
export function withLateVersions(store: CacheStore): CacheStore {
  return withBroken(store, {
    async fill(fills) {
      await store.put(fills.map((fill) => ({ ...fill, tags: fill.tags })));
      return fills.map(() => true);
    },
  });
}

/** Says of every lease that it still holds, so that callers join computations that an invalidation has voided. */
export function withBlindJoining(store: CacheStore): CacheStore {
  const holders = new Map<string, string>();
  return withBroken(store, {
    async fill(fills) {
      for (const { slot } of fills) holders.delete(slot.lease);
      return store.fill(fills);
    },
    async claim(claims) {
      const results = await store.claim(claims);
      return results.map((result, index) => {
        const { lease } = claims[index]!.slot;
        const holder = holders.get(lease);
        if (result.kind !== "granted") return result;
        if (holder !== undefined) return { kind: "held", token: holder, remainingMs: 1_000 };
        holders.set(lease, claims[index]!.token);
        return result;
      });
    },
  });
}

/** Fills under a lease taken for the purpose. */
async function fillAnyway(store: CacheStore, fill: CacheFill, versions: readonly string[]): Promise<boolean> {
  const [stored] = await store.fill([fill]);
  if (stored) return true;
  const { slot, tags, token, versionTtlMs, epoch } = fill;
  await store.invalidate({ slots: [slot], tags: [], buckets: [], epoch: epoch.key });
  await store.claim([
    { slot, tags, epoch: epoch.key, token, leaseTtlMs: 1_000, versionTtlMs, seen: undefined, waitedFor: undefined },
  ]);
  const [done] = await store.fill([{ ...fill, versions }]);
  return done ?? false;
}
