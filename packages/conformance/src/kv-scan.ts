import type { KeyValueStore } from "@holdfast/core";
import { errorOf, LONG_MS, type Section, SHORT_MS, type Suite } from "./suite.ts";

const ttlMs = LONG_MS;

async function collect(kv: KeyValueStore, prefix: string, pageSize = 100): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of kv.scan(prefix, pageSize)) keys.push(...page);
  return keys;
}

async function fill(kv: KeyValueStore, suite: Suite, count: number, prefix = "k"): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, index) => suite.key(`${prefix}${index}`));
  await kv.setMany(
    keys.map((key) => ({ key, value: "v" })),
    ttlMs,
  );
  return keys;
}

/** Each key once, in order: a store may yield one twice. */
function distinct(keys: readonly string[]): string[] {
  return [...new Set(keys)].toSorted();
}

/** Iteration over keys. */
export const KV_SCAN: Section = {
  name: "kv scan",
  cases: [
    [
      "yields every key that begins with the prefix, and no other",
      async (suite) => {
        const { expect } = suite;
        const { kv } = await suite.open();
        const keys = await fill(kv, suite, 30, "a:");
        await fill(kv, suite, 30, "b:");
        await kv.set(suite.key("a"), "v", { ttlMs });
        await kv.hashSet(suite.key("a:hash"), [["f", "v"]], ttlMs);
        const wanted = [...keys, suite.key("a:hash")].toSorted();
        expect(distinct(await collect(kv, suite.key("a:")))).toEqual(wanted);
        expect(distinct(await collect(kv, suite.key("a:1"), 1))).toEqual(
          wanted.filter((key) => key.startsWith(suite.key("a:1"))),
        );
        expect(await collect(kv, suite.key("c:"))).toEqual([]);
      },
    ],
    [
      "ends, over many keys and small pages, and sees what other handles wrote",
      async (suite) => {
        const [one, other] = [await suite.open(), await suite.open()];
        const keys = await fill(one.kv, suite, 1_200);
        suite.expect(distinct(await collect(other.kv, suite.key("k"), 50))).toEqual(keys.toSorted());
      },
    ],
    [
      "yields no key that has expired or was deleted before",
      async (suite) => {
        const { kv } = await suite.open();
        await kv.set(suite.key("kept"), "v", { ttlMs });
        await kv.set(suite.key("expired"), "v", { ttlMs: SHORT_MS });
        await kv.set(suite.key("deleted"), "v", { ttlMs });
        await kv.delete([suite.key("deleted")]);
        await suite.advance(SHORT_MS);
        suite.expect(distinct(await collect(kv, suite.key("")))).toEqual([suite.key("kept")]);
      },
    ],
    [
      "keeps to what was there all the time while keys come and go",
      async (suite) => {
        const { kv } = await suite.open();
        const kept = await fill(kv, suite, 200, "kept");
        const going = await fill(kv, suite, 200, "going");
        const seen: string[] = [];
        let added = 0;
        for await (const page of kv.scan(suite.key(""), 10)) {
          seen.push(...page);
          const gone = going.splice(0, 10);
          if (gone.length > 0) await kv.delete(gone);
          // Even endless writing must not keep the iteration going for ever.
          if (added < 5_000) await fill(kv, suite, 10, `added${added}`);
          added += 10;
        }
        suite.expect(kept.filter((key) => !seen.includes(key))).toEqual([]);
        suite.expect(added < 5_000).toBe(true);
      },
    ],
    [
      "ends with the signal's reason when it is aborted on the way",
      async (suite) => {
        const { kv } = await suite.open();
        await fill(kv, suite, 300);
        const controller = new AbortController();
        const reason = new Error("enough");
        let pages = 0;
        const error = await errorOf(async () => {
          for await (const _ of kv.scan(suite.key("k"), 10, { signal: controller.signal })) {
            pages += 1;
            controller.abort(reason);
          }
        });
        suite.expect(error).toBe(reason);
        suite.expect(pages).toBe(1);
      },
    ],
    [
      "may be left early and started anew",
      async (suite) => {
        const { kv } = await suite.open();
        const keys = await fill(kv, suite, 60);
        for await (const page of kv.scan(suite.key(""), 5)) {
          if (page.length > 0) break;
        }
        suite.expect(distinct(await collect(kv, suite.key("")))).toEqual(keys.toSorted());
      },
    ],
  ],
};
