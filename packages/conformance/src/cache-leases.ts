import { claimOf, claimOne, fillOf, fillOne, granted, newToken, putOf, served, slotOf, tagOf } from "./cache-steps.ts";
import { LONG_MS, type Section, SHORT_MS } from "./suite.ts";

/** Leases to compute an entry: `claim`, `renew`, `release`, and `fill` once the lease is gone. */
export const CACHE_LEASES: Section = {
  name: "cache leases",
  cases: [
    [
      "of many who claim a missing entry one computes, and the others know whom they wait for",
      async (suite) => {
        const handles = [await suite.open(), await suite.open()];
        const slot = slotOf(suite, "a");
        const claims = Array.from({ length: 40 }, () => claimOf(suite, slot, { tags: [tagOf(suite, "t")] }));
        const results = await Promise.all(claims.map((claim, index) => claimOne(handles[index % 2]!.cache, claim)));
        const holders = claims.filter((_, index) => results[index]?.kind === "granted");
        suite.expect(holders.length).toBe(1);
        for (const result of results) {
          if (result.kind === "granted") continue;
          suite.expect(result.kind === "held" && result.token).toBe(holders[0]?.token);
          suite.expect(result.kind === "held" && result.remainingMs > 0 && result.remainingMs <= LONG_MS).toBe(true);
        }
      },
    ],
    [
      "a repeated claim is granted again",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        const first = await granted(cache, claim);
        const again = await granted(cache, claim);
        suite.expect(again.versions).toEqual(first.versions);
        suite.expect(again.epoch).toBe(first.epoch);
        suite.expect(await fillOne(cache, fillOf(suite, claim, again, "text"))).toBe(true);
      },
    ],
    [
      "a grant comes with the versions to compute under and the store's time",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t"), tagOf(suite, "u")]];
        const before = await cache.now();
        const claim = claimOf(suite, slot, { tags });
        const lease = await granted(cache, claim);
        suite.expect(lease.startedAtMs >= before && lease.startedAtMs <= (await cache.now())).toBe(true);
        suite.expect(lease.versions.length).toBe(3);
        const [read] = await cache.read([{ slot, tags }]);
        suite.expect(read?.versions).toEqual(lease.versions);
        await fillOne(cache, fillOf(suite, claim, lease, "text"));
        suite.expect(await served(cache, slot, tags)).toBe("text");
      },
    ],
    [
      "a claim gets an entry that the caller has not seen, and a lease over one that it has",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const [slot, tag] = [slotOf(suite, "a"), tagOf(suite, "t")];
        const put = putOf(slot, "text", { tags: [tag] });
        await one.cache.put([put]);
        const found = await claimOne(other.cache, claimOf(suite, slot, { tags: [tag] }));
        suite.expect(found.kind === "entry" && found.entry.text).toBe("text");
        suite.expect(found.kind === "entry" && found.entry.versions === found.versions.join()).toBe(true);
        await granted(other.cache, claimOf(suite, slot, { tags: [tag], seen: put.token }));
        suite.expect(await served(one.cache, slot, [tag])).toBe("text");
      },
    ],
    [
      "once filled, the lease is free and the entry is there for the next",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        await fillOne(cache, fillOf(suite, claim, await granted(cache, claim), "text"));
        const next = await claimOne(cache, claimOf(suite, claim.slot, { waitedFor: claim.token }));
        suite.expect(next.kind === "entry" && next.entry.id).toBe(claim.token);
        await granted(cache, claimOf(suite, claim.slot, { seen: claim.token }));
      },
    ],
    [
      "a lease ends with its TTL: another computes, and the late value is discarded",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"), { leaseTtlMs: SHORT_MS });
        const lease = await granted(cache, claim);
        await suite.advance(SHORT_MS);
        suite.expect(await cache.renew(claim.slot, claim.token, LONG_MS)).toBe(false);
        const next = claimOf(suite, claim.slot);
        const nextLease = await granted(cache, next);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "late"))).toBe(false);
        suite.expect(await served(cache, claim.slot)).toBe(undefined);
        const third = await claimOne(cache, claimOf(suite, claim.slot));
        suite.expect(third.kind === "held" && third.token).toBe(next.token);
        suite.expect(await fillOne(cache, fillOf(suite, next, nextLease, "timely"))).toBe(true);
        suite.expect(await served(cache, claim.slot)).toBe("timely");
      },
    ],
    [
      "renewing prolongs a lease that holds, and no other",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"), { leaseTtlMs: 1_000 });
        suite.expect(await cache.renew(claim.slot, claim.token, LONG_MS)).toBe(false);
        const lease = await granted(cache, claim);
        suite.expect(await cache.renew(claim.slot, newToken(), LONG_MS)).toBe(false);
        suite.expect(await cache.renew(claim.slot, claim.token, LONG_MS)).toBe(true);
        const waiting = await claimOne(cache, claimOf(suite, claim.slot));
        suite.expect(waiting.kind === "held" && waiting.remainingMs > 1_000).toBe(true);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "text"))).toBe(true);
      },
    ],
    [
      "releasing frees the lease of its holder only",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        const lease = await granted(cache, claim);
        await cache.release(claim.slot, newToken(), undefined);
        suite.expect((await claimOne(cache, claimOf(suite, claim.slot))).kind).toBe("held");
        await cache.release(claim.slot, claim.token, undefined);
        await cache.release(claim.slot, claim.token, undefined);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "text"))).toBe(false);
        await granted(cache, claimOf(suite, claim.slot));
      },
    ],
    [
      "a failure is told to those who waited for it, and keeps nobody else from trying",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        const lease = await granted(cache, claim);
        await cache.release(claim.slot, claim.token, LONG_MS);
        const waiter = () => claimOne(cache, claimOf(suite, claim.slot, { waitedFor: claim.token }));
        suite.expect((await waiter()).kind).toBe("failed");
        suite.expect((await waiter()).kind).toBe("failed");
        suite.expect(await cache.renew(claim.slot, claim.token, LONG_MS)).toBe(false);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "text"))).toBe(false);
        suite.expect(await served(cache, claim.slot)).toBe(undefined);
        const next = claimOf(suite, claim.slot, { waitedFor: newToken() });
        await granted(cache, next);
        suite.expect((await waiter()).kind).toBe("held");
      },
    ],
    [
      "a failure is forgotten after its time",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        await granted(cache, claim);
        await cache.release(claim.slot, claim.token, SHORT_MS);
        await suite.advance(SHORT_MS);
        await granted(cache, claimOf(suite, claim.slot, { waitedFor: claim.token }));
      },
    ],
    [
      "leases of several entries are apart, and results keep the order of the claims",
      async (suite) => {
        const { cache } = await suite.open();
        const slots = Array.from({ length: 20 }, (_, index) => slotOf(suite, String(index), index % 3));
        await cache.put([putOf(slots[3]!, "there")]);
        await granted(cache, claimOf(suite, slots[7]!));
        const claims = slots.map((slot) => claimOf(suite, slot));
        const results = await cache.claim(claims);
        suite
          .expect(results.map(({ kind }) => kind))
          .toEqual(slots.map((_, index) => (index === 3 ? "entry" : index === 7 ? "held" : "granted")));
        const fills = claims.flatMap((claim, index) => {
          const result = results[index];
          return result?.kind === "granted" ? [fillOf(suite, claim, result, String(index))] : [];
        });
        await cache.release(fills[0]!.slot, fills[0]!.token, undefined);
        suite.expect(await cache.fill(fills)).toEqual(fills.map((_, index) => index > 0));
        suite.expect(await served(cache, slots[19]!)).toBe("19");
      },
    ],
    [
      "leases that are taken together end each with its own TTL",
      async (suite) => {
        const { cache } = await suite.open();
        const ttls = [SHORT_MS, LONG_MS, SHORT_MS, LONG_MS];
        const claims = ttls.map((leaseTtlMs, index) => claimOf(suite, slotOf(suite, String(index)), { leaseTtlMs }));
        const taken = [...(await cache.claim(claims.slice(0, 3))), ...(await cache.claim(claims.slice(3)))];
        suite.expect(taken.map(({ kind }) => kind)).toEqual(ttls.map(() => "granted"));
        await suite.advance(SHORT_MS);
        const again = await cache.claim(claims.map(({ slot }) => claimOf(suite, slot)));
        suite.expect(again.map(({ kind }) => kind)).toEqual(["granted", "held", "granted", "held"]);
      },
    ],
  ],
};
