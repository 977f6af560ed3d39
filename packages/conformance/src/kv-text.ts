import { codeOf, LONG_MS, type Section } from "./suite.ts";
import { AWKWARD_TEXTS, ONE_MEGABYTE } from "./texts.ts";

const ttlMs = LONG_MS;

/** Values under keys: `get`, `getMany`, `set`, `setMany`, `delete`, `has`, `compareAndSet`. */
export const KV_TEXT: Section = {
  name: "kv text",
  cases: [
    [
      "a missing key reads as undefined, an empty text as itself",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.get(key("missing"))).toBe(undefined);
        expect(await kv.has(key("missing"))).toBe(false);
        await kv.set(key("empty"), "", { ttlMs });
        expect(await kv.get(key("empty"))).toBe("");
        expect(await kv.has(key("empty"))).toBe(true);
      },
    ],
    [
      "every text comes back as it went in, also to another handle",
      async ({ open, key, expect }) => {
        const [one, other] = [await open(), await open()];
        const entries = AWKWARD_TEXTS.map((value, index) => ({ key: key(`text${index}`), value }));
        for (const entry of entries) await one.kv.set(entry.key, entry.value, { ttlMs });
        for (const entry of entries) expect(await other.kv.get(entry.key)).toBe(entry.value);
        expect(await other.kv.getMany(entries.map((entry) => entry.key))).toEqual([...AWKWARD_TEXTS]);
        await one.kv.setMany(entries.toReversed(), ttlMs);
        expect(await other.kv.getMany(entries.map((entry) => entry.key))).toEqual([...AWKWARD_TEXTS]);
      },
    ],
    [
      "keys differ in every character",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        const ids = [
          ...AWKWARD_TEXTS.map((text) => text.replaceAll(/[{}*?[\]\\]/g, "")),
          "A",
          "a",
          "a ",
          " a",
          "a:b",
          "a::b",
        ];
        const keys = [...new Set(ids)].map(key);
        await kv.setMany(
          keys.map((name, index) => ({ key: name, value: String(index) })),
          ttlMs,
        );
        expect(await kv.getMany(keys)).toEqual(keys.map((_, index) => String(index)));
        for (const [index, name] of keys.entries()) expect(await kv.get(name)).toBe(String(index));
      },
    ],
    [
      "a megabyte comes back whole",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.set(key("large"), ONE_MEGABYTE, { ttlMs });
        expect((await kv.get(key("large"))) === ONE_MEGABYTE).toBe(true);
        await kv.setMany([{ key: key("large2"), value: `${ONE_MEGABYTE}é` }], ttlMs);
        expect((await kv.getMany([key("large2")]))[0] === `${ONE_MEGABYTE}é`).toBe(true);
      },
    ],
    [
      "getMany keeps the order, repeats duplicates, and tells missing from empty",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.set(key("a"), "1", { ttlMs });
        await kv.set(key("b"), "", { ttlMs });
        const asked = [key("b"), key("none"), key("a"), key("b"), key("a")];
        expect(await kv.getMany(asked)).toEqual(["", undefined, "1", "", "1"]);
        expect(await kv.getMany([])).toEqual([]);
      },
    ],
    [
      "getMany reads a hash as undefined and goes on",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.hashSet(key("hash"), [["f", "v"]], ttlMs);
        await kv.set(key("text"), "t", { ttlMs });
        expect(await kv.getMany([key("hash"), key("text")])).toEqual([undefined, "t"]);
      },
    ],
    [
      "getMany and setMany take many keys",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        const entries = Array.from({ length: 500 }, (_, index) => ({ key: key(`k${index}`), value: `v${index}` }));
        await kv.setMany(entries, ttlMs);
        expect(await kv.getMany(entries.map((entry) => entry.key))).toEqual(entries.map((entry) => entry.value));
        expect(await kv.delete(entries.map((entry) => entry.key))).toBe(500);
      },
    ],
    [
      "set replaces whatever was there, a hash too",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.set(key("k"), "one", { ttlMs })).toBe(true);
        expect(await kv.set(key("k"), "two", { ttlMs })).toBe(true);
        expect(await kv.get(key("k"))).toBe("two");
        await kv.hashSet(key("h"), [["f", "v"]], ttlMs);
        expect(await kv.set(key("h"), "text", { ttlMs })).toBe(true);
        expect(await kv.get(key("h"))).toBe("text");
      },
    ],
    [
      'set with condition "absent" writes only what does not exist',
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.set(key("k"), "one", { ttlMs: "forever", condition: "absent" })).toBe(true);
        expect(await kv.set(key("k"), "two", { ttlMs, condition: "absent" })).toBe(false);
        expect(await kv.get(key("k"))).toBe("one");
        expect(await kv.ttl(key("k"))).toBe("forever");
        await kv.set(key("empty"), "", { ttlMs });
        expect(await kv.set(key("empty"), "x", { ttlMs, condition: "absent" })).toBe(false);
        await kv.hashSet(key("h"), [["f", "v"]], ttlMs);
        expect(await kv.set(key("h"), "x", { ttlMs, condition: "absent" })).toBe(false);
        expect(await kv.hashGet(key("h"), "f")).toBe("v");
      },
    ],
    [
      'set with condition "present" writes only what exists',
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.set(key("k"), "one", { ttlMs, condition: "present" })).toBe(false);
        expect(await kv.has(key("k"))).toBe(false);
        await kv.set(key("k"), "", { ttlMs });
        expect(await kv.set(key("k"), "two", { ttlMs: "forever", condition: "present" })).toBe(true);
        expect(await kv.get(key("k"))).toBe("two");
        expect(await kv.ttl(key("k"))).toBe("forever");
      },
    ],
    [
      'of many who set with condition "absent" one wins',
      async ({ open, key, expect }) => {
        const handles = [await open(), await open()];
        const wins = await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            handles[index % 2]!.kv.set(key("k"), String(index), { ttlMs, condition: "absent" }),
          ),
        );
        expect(wins.filter(Boolean).length).toBe(1);
        expect(await handles[0]!.kv.get(key("k"))).toBe(String(wins.indexOf(true)));
      },
    ],
    [
      "setMany writes in order, so that the last of two entries of one key stays",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.hashSet(key("a"), [["f", "v"]], "forever");
        await kv.setMany(
          [
            { key: key("a"), value: "1" },
            { key: key("b"), value: "2" },
            { key: key("a"), value: "3" },
          ],
          ttlMs,
        );
        expect(await kv.getMany([key("a"), key("b")])).toEqual(["3", "2"]);
        expect(typeof (await kv.ttl(key("a")))).toBe("number");
        await kv.setMany([], ttlMs);
      },
    ],
    [
      "delete counts what existed, each once",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.set(key("a"), "", { ttlMs });
        await kv.set(key("b"), "2", { ttlMs });
        await kv.hashSet(key("h"), [["f", "v"]], ttlMs);
        expect(await kv.delete([key("a"), key("none"), key("a"), key("h")])).toBe(2);
        expect(await kv.getMany([key("a"), key("b")])).toEqual([undefined, "2"]);
        expect(await kv.has(key("h"))).toBe(false);
        expect(await kv.delete([key("a")])).toBe(0);
        expect(await kv.delete([])).toBe(0);
      },
    ],
    [
      "compareAndSet writes only over exactly the expected text",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.set(key("k"), "1.0", { ttlMs });
        for (const other of ["1", "1.0 ", "", "01.0"]) {
          expect(await kv.compareAndSet(key("k"), other, "x", "forever")).toBe(false);
        }
        expect(await kv.get(key("k"))).toBe("1.0");
        expect(typeof (await kv.ttl(key("k")))).toBe("number");
        expect(await kv.compareAndSet(key("k"), "1.0", "two", "forever")).toBe(true);
        expect(await kv.get(key("k"))).toBe("two");
        expect(await kv.ttl(key("k"))).toBe("forever");
        for (const [index, text] of AWKWARD_TEXTS.entries()) {
          const before = index === 0 ? "two" : AWKWARD_TEXTS[index - 1];
          expect(await kv.compareAndSet(key("k"), before, text, ttlMs)).toBe(true);
          expect(await kv.get(key("k"))).toBe(text);
        }
      },
    ],
    [
      "compareAndSet tells missing from empty",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.compareAndSet(key("k"), "", "x", ttlMs)).toBe(false);
        expect(await kv.compareAndSet(key("k"), "undefined", "x", ttlMs)).toBe(false);
        expect(await kv.has(key("k"))).toBe(false);
        expect(await kv.compareAndSet(key("k"), undefined, "", ttlMs)).toBe(true);
        expect(await kv.compareAndSet(key("k"), undefined, "x", ttlMs)).toBe(false);
        expect(await kv.compareAndSet(key("k"), "", "y", ttlMs)).toBe(true);
        expect(await kv.get(key("k"))).toBe("y");
      },
    ],
    [
      "of many who compareAndSet the same text one wins",
      async ({ open, key, expect }) => {
        const handles = [await open(), await open()];
        await handles[0]!.kv.set(key("k"), "start", { ttlMs });
        const wins = await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            handles[index % 2]!.kv.compareAndSet(key("k"), "start", String(index), ttlMs),
          ),
        );
        expect(wins.filter(Boolean).length).toBe(1);
        expect(await handles[1]!.kv.get(key("k"))).toBe(String(wins.indexOf(true)));
      },
    ],
    [
      "text operations on a hash fail with WRONG_TYPE and change nothing",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        await kv.hashSet(key("h"), [["f", "1"]], "forever");
        expect(await codeOf(kv.get(key("h")))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.increment(key("h"), 1, ttlMs))).toBe("WRONG_TYPE");
        expect(await codeOf(kv.compareAndSet(key("h"), "1", "2", ttlMs))).toBe("WRONG_TYPE");
        expect(await kv.hashGetAll(key("h"))).toEqual([["f", "1"]]);
        expect(await kv.ttl(key("h"))).toBe("forever");
      },
    ],
  ],
};
