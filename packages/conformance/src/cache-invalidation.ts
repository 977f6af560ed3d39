import type { CacheInvalidation, CacheStore } from "@holdfast/core";
import { claimOf, claimOne, epochOf, fillOf, fillOne, granted, putOf, served, slotOf, tagOf } from "./cache-steps.ts";
import { eventually, LONG_MS, type Section, type Suite } from "./suite.ts";

function invalidate(cache: CacheStore, suite: Suite, what: Partial<CacheInvalidation>): Promise<number> {
  return cache.invalidate({ slots: [], tags: [], buckets: [], epoch: epochOf(suite), ...what });
}

/** The ways to void an entry `a` that carries the tag `t`. */
function waysToVoid(suite: Suite): readonly Partial<CacheInvalidation>[] {
  const slot = slotOf(suite, "a");
  return [{ slots: [slot] }, { tags: [tagOf(suite, "t")] }, { buckets: [slot.bucket] }];
}

/** What was read before an invalidation never becomes visible after it. */
export const CACHE_INVALIDATION: Section = {
  name: "cache invalidation",
  cases: [
    [
      "voids what is cached, for every handle",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t")]];
        for (const what of waysToVoid(suite)) {
          await one.cache.put([putOf(slot, "old", { tags })]);
          suite.expect(await served(other.cache, slot, tags)).toBe("old");
          const before = await other.cache.now();
          const doneAt = await invalidate(one.cache, suite, what);
          suite.expect(before <= doneAt && doneAt <= (await other.cache.now())).toBe(true);
          suite.expect(await served(other.cache, slot, tags)).toBe(undefined);
        }
      },
    ],
    [
      "voids nothing else",
      async (suite) => {
        const { cache } = await suite.open();
        const tag = tagOf(suite, "t");
        await cache.put([
          putOf(slotOf(suite, "a"), "a", { tags: [tag] }),
          putOf(slotOf(suite, "b"), "b"),
          putOf(slotOf(suite, "c"), "c", { tags: [tagOf(suite, "u")] }),
          putOf(slotOf(suite, "d", 1), "d", { tags: [tag] }),
        ]);
        await invalidate(cache, suite, { slots: [slotOf(suite, "a")] });
        suite.expect(await served(cache, slotOf(suite, "d", 1), [tag])).toBe("d");
        await invalidate(cache, suite, { tags: [tag] });
        suite.expect(await served(cache, slotOf(suite, "d", 1), [tag])).toBe(undefined);
        suite.expect(await served(cache, slotOf(suite, "b"))).toBe("b");
        suite.expect(await served(cache, slotOf(suite, "c"), [tagOf(suite, "u")])).toBe("c");
        await invalidate(cache, suite, { buckets: [slotOf(suite, "d", 1).bucket] });
        suite.expect(await served(cache, slotOf(suite, "b"))).toBe("b");
      },
    ],
    [
      "voids computations under way: what they give is never served, and the next caller computes anew",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t")]];
        for (const what of waysToVoid(suite)) {
          const claim = claimOf(suite, slot, { tags });
          const lease = await granted(one.cache, claim);
          await invalidate(other.cache, suite, what);
          const next = claimOf(suite, slot, { tags });
          const nextLease = await granted(other.cache, next);
          await fillOne(one.cache, fillOf(suite, claim, lease, "computed before"));
          suite.expect(await served(one.cache, slot, tags)).toBe(undefined);
          suite.expect(await fillOne(other.cache, fillOf(suite, next, nextLease, "computed after"))).toBe(true);
          suite.expect(await served(one.cache, slot, tags)).toBe("computed after");
          await invalidate(one.cache, suite, { slots: [slot] });
        }
      },
    ],
    [
      "a void computation that nobody follows is not served either",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t")]];
        // Another entry makes the versions anew: it must not matter when.
        const remake = () => cache.put([putOf(slotOf(suite, "b"), "other", { tags })]);
        for (const what of waysToVoid(suite)) {
          for (const remakeFirst of [true, false]) {
            const claim = claimOf(suite, slot, { tags });
            const lease = await granted(cache, claim);
            await invalidate(cache, suite, what);
            if (remakeFirst) await remake();
            await fillOne(cache, fillOf(suite, claim, lease, "computed before"));
            suite.expect(await served(cache, slot, tags)).toBe(undefined);
            await remake();
            suite.expect(await served(cache, slot, tags)).toBe(undefined);
            await cache.release(slot, claim.token, undefined);
            await invalidate(cache, suite, { slots: [slot] });
          }
        }
      },
    ],
    [
      "takes nothing, and thousands at once",
      async (suite) => {
        const { cache } = await suite.open();
        const slots = Array.from({ length: 3_000 }, (_, index) => slotOf(suite, String(index)));
        const kept = slotOf(suite, "kept");
        const written = [slots[0]!, slots[1_499]!, slots[2_999]!];
        await cache.put([...written, kept].map((slot) => putOf(slot, "text")));
        const before = await cache.now();
        suite.expect((await invalidate(cache, suite, {})) >= before).toBe(true);
        suite.expect(await served(cache, written[0]!)).toBe("text");
        await invalidate(cache, suite, { slots });
        for (const slot of written) suite.expect(await served(cache, slot)).toBe(undefined);
        suite.expect(await served(cache, kept)).toBe("text");
      },
    ],
    [
      "a put voids the computation under way",
      async (suite) => {
        const { cache } = await suite.open();
        const claim = claimOf(suite, slotOf(suite, "a"));
        const lease = await granted(cache, claim);
        await cache.put([putOf(claim.slot, "put")]);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "computed"))).toBe(false);
        suite.expect(await served(cache, claim.slot)).toBe("put");
      },
    ],
    [
      "who claims after an invalidation does not wait for a computation from before",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t")]];
        await granted(one.cache, claimOf(suite, slot, { tags }));
        suite.expect((await claimOne(other.cache, claimOf(suite, slot, { tags }))).kind).toBe("held");
        await invalidate(one.cache, suite, { tags });
        suite.expect((await claimOne(other.cache, claimOf(suite, slot, { tags }))).kind).toBe("granted");
      },
    ],
    [
      "tags that are named late are trusted only if no tag was invalidated meanwhile",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, early, late] = [slotOf(suite, "a"), tagOf(suite, "early"), tagOf(suite, "late")];
        const claim = claimOf(suite, slot, { tags: [early] });
        const lease = await granted(cache, claim);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "text", { lateTags: [late] }))).toBe(true);
        suite.expect(await served(cache, slot, [early, late])).toBe("text");
        await invalidate(cache, suite, { tags: [late] });
        suite.expect(await served(cache, slot, [early, late])).toBe(undefined);
        await invalidate(cache, suite, { slots: [slot] });
        const second = claimOf(suite, slot);
        const secondLease = await granted(cache, second);
        await invalidate(cache, suite, { tags: [late] });
        const fill = fillOf(suite, second, secondLease, "computed before", { lateTags: [late] });
        suite.expect(await fillOne(cache, fill)).toBe(false);
        suite.expect(await served(cache, slot, [late])).toBe(undefined);
        // Who waits for it need not wait any longer.
        await granted(cache, claimOf(suite, slot));
      },
    ],
    [
      "announcements go out once the change is made",
      async (suite) => {
        const [{ cache }, other] = [await suite.open(), await suite.open()];
        const [slot, channel] = [slotOf(suite, "a"), `hf:test:${suite.namespace}`];
        const found = new Map<string, Promise<string | undefined>>();
        await other.bus?.subscribe(channel, {
          onMessage: (message) => void found.set(message, served(other.cache, slot)),
        });
        const announce = (message: string) => ({ channel, message });
        // Without a bus nobody hears it; the change must be made all the same.
        const check = async (message: string, text: string | undefined) => {
          suite.expect([message, await served(other.cache, slot)]).toEqual([message, text]);
          if (!other.bus) return;
          suite.expect([message, await eventually(() => found.has(message))]).toEqual([message, true]);
          suite.expect([message, await found.get(message)]).toEqual([message, text]);
        };
        await cache.put([putOf(slot, "text")], announce("put"));
        await check("put", "text");
        await invalidate(cache, suite, { slots: [slot], announce: announce("gone") });
        await check("gone", undefined);
        // A wake-up may be left out where nobody waits.
        const claim = claimOf(suite, slot);
        const lease = await granted(cache, claim);
        await claimOne(other.cache, claimOf(suite, slot));
        await fillOne(cache, fillOf(suite, claim, lease, "filled", { wake: announce("wake") }));
        await check("wake", "filled");
        const failing = claimOf(suite, slot, { seen: claim.token });
        await granted(cache, failing);
        await claimOne(other.cache, claimOf(suite, slot, { seen: claim.token }));
        await cache.release(slot, failing.token, LONG_MS, announce("failed"));
        await check("failed", "filled");
        const waiting = claimOf(suite, slot, { seen: claim.token, waitedFor: failing.token });
        suite.expect((await claimOne(other.cache, waiting)).kind).toBe("failed");
      },
    ],
  ],
};
