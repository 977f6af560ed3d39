import type { KeyValueStore } from "@holdfast/core";
import { codeOf, LONG_MS, type Section } from "./suite.ts";
import { AWKWARD_FIELDS, AWKWARD_TEXTS, ONE_MEGABYTE } from "./texts.ts";

const ttlMs = LONG_MS;

/** All fields, in an order of their own: stores may give them in any. */
async function fieldsOf(kv: KeyValueStore, key: string): Promise<(readonly [string, string])[]> {
  return (await kv.hashGetAll(key)).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([field, value]) => [field, value]);
}

function sorted(fields: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Fields of hashes. */
export const KV_HASHES: Section = {
  name: "kv hashes",
  cases: [
    [
      "a missing hash has no fields",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.hashGet(key("h"), "f")).toBe(undefined);
        expect(await kv.hashGetAll(key("h"))).toEqual([]);
        expect(await kv.hashDelete(key("h"), ["f"])).toBe(0);
        expect(await kv.has(key("h"))).toBe(false);
      },
    ],
    [
      "hashSet adds and replaces fields, and leaves the others",
      async ({ open, key, expect }) => {
        const [{ kv }, other] = [await open(), await open()];
        await kv.hashSet(
          key("h"),
          [
            ["a", "1"],
            ["b", ""],
          ],
          ttlMs,
        );
        await kv.hashSet(
          key("h"),
          [
            ["b", "2"],
            ["c", "3"],
            ["c", "4"],
          ],
          ttlMs,
        );
        expect(await fieldsOf(other.kv, key("h"))).toEqual([
          ["a", "1"],
          ["b", "2"],
          ["c", "4"],
        ]);
        expect(await other.kv.hashGet(key("h"), "b")).toBe("2");
        expect(await other.kv.hashGet(key("h"), "none")).toBe(undefined);
      },
    ],
    [
      "every field name is an ordinary one",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.hashGet(key("h"), "__proto__")).toBe(undefined);
        const fields = AWKWARD_FIELDS.map((field, index) => [field, String(index)] as const);
        await kv.hashSet(key("h"), fields, ttlMs);
        expect(await fieldsOf(kv, key("h"))).toEqual(sorted(fields));
        for (const [field, value] of fields) expect(await kv.hashGet(key("h"), field)).toBe(value);
        expect(await kv.hashIncrement(key("h"), "__proto__", 1, ttlMs)).toBe(2);
        expect(await kv.hashDelete(key("h"), ["__proto__", "valueOf", ""])).toBe(2);
        expect((await kv.hashGetAll(key("h"))).length).toBe(AWKWARD_FIELDS.length - 2);
      },
    ],
    [
      "every text comes back as it went in",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        const fields = AWKWARD_TEXTS.map((text, index) => [`f${index}`, text] as const);
        await kv.hashSet(key("h"), [...fields, ["large", ONE_MEGABYTE]], ttlMs);
        for (const [field, text] of fields) expect(await kv.hashGet(key("h"), field)).toBe(text);
        expect((await kv.hashGet(key("h"), "large")) === ONE_MEGABYTE).toBe(true);
        expect(await kv.hashDelete(key("h"), ["large"])).toBe(1);
        expect(await fieldsOf(kv, key("h"))).toEqual(sorted(fields));
      },
    ],
    [
      "hashes take many fields",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        const fields = Array.from({ length: 1_000 }, (_, index) => [`f${index}`, `v${index}`] as const);
        await kv.hashSet(key("h"), fields, ttlMs);
        expect(await fieldsOf(kv, key("h"))).toEqual(sorted(fields));
      },
    ],
    [
      "hashDelete counts what existed, each once, and removes the hash with its last field",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.hashSet(
          key("h"),
          [
            ["a", "1"],
            ["b", ""],
          ],
          ttlMs,
        );
        expect(await kv.hashDelete(key("h"), [])).toBe(0);
        expect(await kv.hashDelete(key("h"), ["b", "none", "b"])).toBe(1);
        expect(typeof (await kv.ttl(key("h")))).toBe("number");
        expect(await kv.hashDelete(key("h"), ["a"])).toBe(1);
        expect(await kv.has(key("h"))).toBe(false);
        await kv.hashSet(key("h"), [["a", "2"]], "forever");
        expect(await kv.ttl(key("h"))).toBe("forever");
      },
    ],
    [
      "hashIncrement of a new field keeps the hash's TTL",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.hashSet(key("h"), [["a", "1"]], "forever");
        expect(await kv.hashIncrement(key("h"), "n", 5, ttlMs)).toBe(5);
        expect(await kv.ttl(key("h"))).toBe("forever");
        expect(await fieldsOf(kv, key("h"))).toEqual([
          ["a", "1"],
          ["n", "5"],
        ]);
      },
    ],
    [
      "writers of different fields do not lose each other's",
      async ({ open, key, expect }) => {
        const handles = [await open(), await open()];
        const fields = Array.from({ length: 60 }, (_, index) => [`f${index}`, String(index)] as const);
        await Promise.all(fields.map((field, index) => handles[index % 2]!.kv.hashSet(key("h"), [field], ttlMs)));
        expect(await fieldsOf(handles[0]!.kv, key("h"))).toEqual(sorted(fields));
      },
    ],
    [
      "hash operations on text fail with WRONG_TYPE and change nothing",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.set(key("t"), "1", { ttlMs: "forever" });
        expect(await codeOf(kv.hashGet(key("t"), "f"))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.hashGetAll(key("t")))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.hashSet(key("t"), [["f", "v"]], ttlMs))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.hashDelete(key("t"), ["f"]))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.hashIncrement(key("t"), "f", 1, ttlMs))).toBe("WRONG_TYPE");
        expect(await kv.get(key("t"))).toBe("1");
        expect(await kv.ttl(key("t"))).toBe("forever");
      },
    ],
  ],
};
