import {
  claimOf,
  epochOf,
  fillAll,
  fillOf,
  fillOne,
  granted,
  newToken,
  putOf,
  readOne,
  served,
  slotOf,
  tagOf,
} from "./cache-steps.ts";
import { LONG_MS, type Section, SHORT_MS } from "./suite.ts";
import { AWKWARD_TEXTS, ONE_MEGABYTE } from "./texts.ts";

/** Entries of the cache store: `read`, `put`, and `fill` where nothing is in the way. */
export const CACHE_ENTRIES: Section = {
  name: "cache entries",
  cases: [
    [
      "nothing is read where nothing was written",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, tag] = [slotOf(suite, "a"), tagOf(suite, "t")];
        suite.expect(await readOne(cache, slot, [tag])).toEqual({ entry: undefined, versions: [undefined, undefined] });
        const nothing: never[] = [];
        suite.expect(await cache.read(nothing)).toEqual([]);
        await cache.put(nothing);
        suite.expect(await cache.claim(nothing)).toEqual([]);
        suite.expect(await fillAll(cache, nothing)).toEqual([]);
      },
    ],
    [
      "a put is served to every handle, under its token",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const [slot, tags] = [slotOf(suite, "a"), [tagOf(suite, "t"), tagOf(suite, "u")]];
        const before = await one.cache.now();
        const put = putOf(slot, "text", { tags });
        await one.cache.put([put]);
        const { entry, versions } = await readOne(other.cache, slot, tags);
        suite.expect(entry?.text).toBe("text");
        suite.expect(entry?.id).toBe(put.token);
        suite.expect(entry?.versions).toBe(versions.join());
        suite.expect(versions.length).toBe(3);
        const after = await other.cache.now();
        const { startedAtMs = 0, createdAtMs = 0 } = entry ?? {};
        suite.expect(before <= startedAtMs && startedAtMs <= createdAtMs && createdAtMs <= after).toBe(true);
        await one.cache.put([putOf(slot, "newer", { tags })]);
        suite.expect(await served(other.cache, slot, tags)).toBe("newer");
      },
    ],
    [
      "every text comes back as it went in, put or filled",
      async (suite) => {
        const { cache } = await suite.open();
        for (const [index, text] of [...AWKWARD_TEXTS, ONE_MEGABYTE].entries()) {
          const slot = slotOf(suite, `t${index}`);
          const claim = claimOf(suite, slot);
          const lease = await granted(cache, claim);
          suite.expect(await fillOne(cache, fillOf(suite, claim, lease, text))).toBe(true);
          suite.expect((await served(cache, slot)) === text).toBe(true);
          await cache.put([putOf(slot, `${text}!`)]);
          suite.expect((await served(cache, slot)) === `${text}!`).toBe(true);
        }
      },
    ],
    [
      "entries and versions differ in every character of their keys",
      async (suite) => {
        const { cache } = await suite.open();
        const slots = ["a", "A", "a ", "a:", "é", "e\u0301", "日本", "a\u0000b", "a\nb", "%7B"].map((id) =>
          slotOf(suite, id),
        );
        await cache.put(slots.map((slot, index) => putOf(slot, String(index))));
        const read = await cache.read(slots.map((slot) => ({ slot, tags: [] })));
        suite.expect(read.map(({ entry }) => entry?.text)).toEqual(slots.map((_, index) => String(index)));
      },
    ],
    [
      "reads of many keep the order, over several buckets, with duplicates",
      async (suite) => {
        const { cache } = await suite.open();
        const tag = tagOf(suite, "t");
        const slots = Array.from({ length: 60 }, (_, index) => slotOf(suite, String(index), index % 3));
        await cache.put(slots.map((slot, index) => putOf(slot, String(index), { tags: index % 2 ? [tag] : [] })));
        const asked = [...slots.toReversed(), slotOf(suite, "none", 1), slots[5]!, slots[5]!];
        const read = await cache.read(asked.map((slot, index) => ({ slot, tags: index % 2 ? [] : [tag] })));
        suite
          .expect(read.map(({ entry }) => entry?.text))
          .toEqual([...slots.map((_, index) => String(index)).toReversed(), undefined, "5", "5"]);
        suite.expect(read.map(({ versions }) => versions.length)).toEqual(asked.map((_, index) => (index % 2 ? 1 : 2)));
        suite.expect(new Set(read.map(({ versions }) => versions[0])).size).toBe(3);
      },
    ],
    [
      "entries expire, and versions outlive them",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, kept] = [slotOf(suite, "a"), slotOf(suite, "b")];
        await cache.put([putOf(slot, "short", { ttlMs: SHORT_MS })]);
        await cache.put([putOf(kept, "kept")]);
        await cache.put([putOf(slotOf(suite, "c"), "endless", { ttlMs: "forever", versionTtlMs: "forever" })]);
        await suite.advance(SHORT_MS);
        suite.expect((await readOne(cache, slot)).entry).toBe(undefined);
        suite.expect(await served(cache, kept)).toBe("kept");
        suite.expect(await served(cache, slotOf(suite, "c"))).toBe("endless");
        const endless = slotOf(suite, "c");
        await cache.invalidate({ slots: [endless], tags: [], buckets: [endless.bucket], epoch: epochOf(suite) });
      },
    ],
    [
      "a version is prolonged by what is written under it, never shortened",
      async (suite) => {
        const { cache } = await suite.open();
        const [one, two, tag] = [slotOf(suite, "a"), slotOf(suite, "b"), tagOf(suite, "t")];
        await cache.put([putOf(one, "1", { tags: [tag], versionTtlMs: 500 })]);
        await cache.put([putOf(two, "2", { tags: [tag] })]);
        await cache.put([putOf(slotOf(suite, "c"), "3", { tags: [tag], ttlMs: SHORT_MS, versionTtlMs: SHORT_MS })]);
        await suite.advance(500);
        suite.expect(await served(cache, one, [tag])).toBe("1");
        suite.expect(await served(cache, two, [tag])).toBe("2");
      },
    ],
    [
      "a fill prolongs its versions, those of late tags among them",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, early, late] = [slotOf(suite, "a"), tagOf(suite, "early"), tagOf(suite, "late")];
        await cache.put([putOf(slotOf(suite, "b"), "other", { tags: [late], versionTtlMs: 500 })]);
        const claim = claimOf(suite, slot, { tags: [early], versionTtlMs: 500 });
        const lease = await granted(cache, claim);
        suite.expect(await fillOne(cache, fillOf(suite, claim, lease, "text", { lateTags: [late] }))).toBe(true);
        await suite.advance(500);
        suite.expect(await served(cache, slot, [early, late])).toBe("text");
      },
    ],
    [
      "entries that are written together live each as long as its own TTLs say",
      async (suite) => {
        const { cache } = await suite.open();
        const [shared, late] = [tagOf(suite, "shared"), tagOf(suite, "late")];
        for (const [round, ttls] of [
          [SHORT_MS, LONG_MS],
          [LONG_MS, SHORT_MS],
        ].entries()) {
          const own = ttls.map((ttlMs) => ({ ttlMs, versionTtlMs: ttlMs }));
          const tags = [`${shared}${round}`];
          const slots = ttls.map((_, index) => slotOf(suite, `${round}:${index}`, index));
          await cache.put(slots.map((slot, index) => putOf(slot, "put", { tags, ...own[index] })));
          const filled = ttls.map((_, index) => slotOf(suite, `${round}:filled ${index}`, index));
          const claims = filled.map((slot, index) =>
            claimOf(suite, slot, { tags: [`${tags[0]}?`], versionTtlMs: ttls[index] ?? 0 }),
          );
          const leases = await cache.claim(claims);
          const fills = claims.map((claim, index) => {
            const lease = leases[index];
            if (lease?.kind !== "granted") throw new Error("The claims should have been granted.");
            return fillOf(suite, claim, lease, "filled", { lateTags: [`${late}${round}`], ...own[index] });
          });
          suite.expect(await fillAll(cache, fills)).toEqual([true, true]);
          await suite.advance(SHORT_MS);
          const long = ttls.indexOf(LONG_MS);
          suite.expect(await served(cache, slots[long]!, tags)).toBe("put");
          suite.expect(await served(cache, filled[long]!, [`${tags[0]}?`, `${late}${round}`])).toBe("filled");
          suite.expect((await readOne(cache, slots[1 - long]!)).entry).toBe(undefined);
          suite.expect((await readOne(cache, filled[1 - long]!)).entry).toBe(undefined);
        }
      },
    ],
    [
      "an entry under a version that was lost is a miss, also once the version is made anew",
      async (suite) => {
        const { cache } = await suite.open();
        const [slot, tag] = [slotOf(suite, "a"), tagOf(suite, "t")];
        await cache.put([putOf(slot, "old", { tags: [tag], versionTtlMs: SHORT_MS })]);
        await suite.advance(SHORT_MS);
        suite.expect(await served(cache, slot, [tag])).toBe(undefined);
        await cache.put([putOf(slotOf(suite, "b"), "new", { tags: [tag] })]);
        suite.expect(await served(cache, slot, [tag])).toBe(undefined);
      },
    ],
    [
      "now() is the time of the store, which goes on",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const first = await one.cache.now();
        suite.expect(Number.isInteger(first)).toBe(true);
        await suite.advance(SHORT_MS);
        suite.expect((await other.cache.now()) >= first + SHORT_MS).toBe(true);
      },
    ],
    [
      "a repeated fill or put is no other write",
      async (suite) => {
        const { cache } = await suite.open();
        const slot = slotOf(suite, "a");
        const claim = claimOf(suite, slot, { token: newToken() });
        const fill = fillOf(suite, claim, await granted(cache, claim), "text");
        suite.expect(await fillOne(cache, fill)).toBe(true);
        suite.expect(await fillOne(cache, fill)).toBe(true);
        const put = putOf(slot, "put");
        await cache.put([put]);
        await cache.put([put]);
        suite.expect((await readOne(cache, slot)).entry?.id).toBe(put.token);
        suite.expect(await fillOne(cache, fill)).toBe(false);
        suite.expect(await served(cache, slot)).toBe("put");
      },
    ],
  ],
};
