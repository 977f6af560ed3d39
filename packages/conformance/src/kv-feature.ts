import { type BatchError, codec, createKeySpace } from "@holdfast/core";
import { createKv, type Kv } from "@holdfast/kv";
import { codeOf, errorOf, LONG_MS, type Section, type Suite } from "./suite.ts";
import { AWKWARD_TEXTS } from "./texts.ts";
import { EVERY_KIND } from "./values.ts";

/** Characters that mean something to a key's parts, to patterns, to cluster slots, or to a protocol. */
const AWKWARD_IDS: readonly string[] = [
  ...new Set([
    ...AWKWARD_TEXTS.filter((text) => text !== ""),
    "*",
    "?",
    "[a]",
    "[^a]",
    "\\",
    "\\*",
    "a:b",
    ":",
    "::",
    "{",
    "}",
    "{a}b",
    "{}",
    "%",
    "%2A",
    "%25",
    "a",
    "A",
    "hf:k:other:a",
    "k".repeat(1_024),
  ]),
];

async function open({ open: openBackend, namespace }: Suite): Promise<Kv<unknown, true>> {
  return createKv({ backend: await openBackend(), namespace, defaultTtl: LONG_MS });
}

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all;
}

/** `createKv` on this backend: what users see. */
export const KV_FEATURE: Section = {
  name: "kv feature",
  cases: [
    [
      "every kind of value comes back the same, from keys, batches and hashes",
      async (suite) => {
        const { expect } = suite;
        const [one, other] = [await open(suite), await open(suite)];
        const kinds = Object.entries(EVERY_KIND);
        await one.setMany(kinds);
        const many = await other.getMany(kinds.map(([name]) => name));
        await one.hash("every kind").set(EVERY_KIND);
        const fields = await other.hash("every kind").getAll();
        for (const [index, [name, value]] of kinds.entries()) {
          const wanted = codec.encode(value);
          expect([name, codec.encode(await other.get(name))]).toEqual([name, wanted]);
          expect([name, codec.encode(many[index])]).toEqual([name, wanted]);
          expect([name, codec.encode(fields[name])]).toEqual([name, wanted]);
        }
        const batched = await other.batch((b) => kinds.map(([name]) => b.get(name)));
        expect(batched.map((value) => codec.encode(value))).toEqual(kinds.map(([, value]) => codec.encode(value)));
      },
    ],
    [
      "missing reads as undefined, null as null",
      async (suite) => {
        const kv = await open(suite);
        await kv.set("null", null);
        suite.expect(await kv.getMany(["none", "null", "none", "null"])).toEqual([undefined, null, undefined, null]);
        suite.expect(await kv.has("null")).toBe(true);
        suite.expect(await kv.hash("none").getAll()).toEqual(Object.create(null));
      },
    ],
    [
      "every well-formed key is a key of its own, and is iterated once",
      async (suite) => {
        const { expect } = suite;
        const [one, other] = [await open(suite), await open(suite)];
        await one.setMany(AWKWARD_IDS.map((id, index) => [id, index] as const));
        expect(await other.getMany(AWKWARD_IDS)).toEqual(AWKWARD_IDS.map((_, index) => index));
        expect((await collect(other.keys({ pageSize: 7 }))).toSorted()).toEqual([...AWKWARD_IDS].toSorted());
        for (const prefix of ["*", "?", "[", "\\", "%", "{", ":", "a", "\u0000", "é"]) {
          const wanted = AWKWARD_IDS.filter((id) => id.startsWith(prefix)).toSorted();
          expect([prefix, (await collect(other.keys({ prefix }))).toSorted()]).toEqual([prefix, wanted]);
        }
      },
    ],
    [
      "iterates thousands of keys, each once",
      async (suite) => {
        const [one, other] = [await open(suite), await open(suite)];
        const ids = Array.from({ length: 3_000 }, (_, index) => `user:${index}`);
        await one.setMany(ids.map((id) => [id, 1] as const));
        suite.expect((await collect(other.keys())).toSorted()).toEqual(ids.toSorted());
        suite.expect((await collect(other.keys({ prefix: "user:29", pageSize: 100 }))).length).toBe(111);
        suite.expect(await one.delete(...ids)).toBe(3_000);
      },
    ],
    [
      "namespaces are apart, however they are named",
      async (suite) => {
        const backend = await suite.open();
        const names = ["a", "a:b", "a:", "*", "{a}"].map((name) => `${suite.namespace}${name}`);
        const stores = names.map((namespace) => createKv({ backend, namespace, defaultTtl: LONG_MS }));
        for (const [index, kv] of stores.entries()) {
          await kv.set("b:c", index);
          await kv.set("c", index);
        }
        for (const [index, kv] of stores.entries()) {
          suite.expect(await kv.getMany(["b:c", "c"])).toEqual([index, index]);
          suite.expect((await collect(kv.keys())).toSorted()).toEqual(["b:c", "c"]);
        }
      },
    ],
    [
      "conditions, counters, comparisons and lifetimes work on values",
      async (suite) => {
        const { expect } = suite;
        const kv = await open(suite);
        expect(await kv.set("k", { a: 1 }, { ifAbsent: true })).toBe(true);
        expect(await kv.set("k", { a: 2 }, { ifAbsent: true })).toBe(false);
        expect(await kv.compareAndSet("k", { a: 1 }, new Date(0), { ttl: "forever" })).toBe(true);
        expect(await kv.ttl("k")).toBe("forever");
        expect(await kv.get("k")).toEqual(new Date(0));
        expect(await kv.compareAndSet("new", undefined, null)).toBe(true);
        expect(await kv.increment("n", { by: 5, ttl: "1m" })).toBe(5);
        expect(await kv.increment("n")).toBe(6);
        expect(await kv.get("n")).toBe(6);
        expect(Number(await kv.ttl("n")) <= 60_000).toBe(true);
        expect(await kv.touch("n", "forever")).toBe(true);
        expect(await kv.ttl("n")).toBe("forever");
        await kv.set("text", "7");
        expect(await codeOf(kv.increment("text"))).toBe("WRONG_TYPE");
        expect(await kv.delete("k", "n", "none", "k")).toBe(2);
        const hash = kv.hash("h");
        await hash.set({ a: 1, b: [2] });
        expect(await hash.increment("a", 2)).toBe(3);
        expect(await hash.delete("b", "none")).toBe(1);
        expect({ ...(await hash.getAll()) }).toEqual({ a: 3 });
      },
    ],
    [
      "a batch is one round trip, and tells every command's outcome",
      async (suite) => {
        const { expect } = suite;
        const backend = await suite.open();
        const kv = createKv({ backend, namespace: suite.namespace, defaultTtl: LONG_MS });
        await kv.set("text", "abc");
        await kv.increment("warm");
        const before = backend.stats();
        const outcomes = await kv.batch(
          (b) => [b.get("text"), b.increment("text"), b.set("new", 1), b.hashGet("text", "f"), b.get("new")] as const,
          { settle: true },
        );
        expect(backend.stats().roundTrips - before.roundTrips <= 1).toBe(true);
        expect(outcomes.map(({ status }) => status)).toEqual([
          "fulfilled",
          "rejected",
          "fulfilled",
          "rejected",
          "fulfilled",
        ]);
        const error = (await errorOf(() =>
          kv.batch((b) => [b.set("other", 2), b.increment("text"), b.get("other")]),
        )) as BatchError;
        expect(error.code).toBe("BATCH");
        expect(error.results.map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual([
          true,
          "failed",
          2,
        ]);
      },
    ],
    [
      "what cannot be stored is refused before anything is sent",
      async (suite) => {
        const { expect } = suite;
        const backend = await suite.open();
        const kv = createKv({ backend, namespace: suite.namespace, defaultTtl: LONG_MS, maxValueBytes: 1_000 });
        const before = backend.stats().commands;
        expect(await codeOf(kv.set("k", () => 1))).toBe("SERIALIZATION");
        expect(await codeOf(kv.set("k", { deep: [Symbol("s")] }))).toBe("SERIALIZATION");
        expect(await codeOf(kv.set("k", "x".repeat(2_000)))).toBe("VALUE_TOO_LARGE");
        expect(await codeOf(kv.set("", 1))).toBe("INVALID_KEY");
        expect(await codeOf(kv.get("\uD800"))).toBe("INVALID_KEY");
        expect(await codeOf(kv.get("k".repeat(1_025)))).toBe("INVALID_KEY");
        expect(await codeOf(kv.set("k", 1, { ttl: 0 }))).toBe("RangeError");
        expect(await codeOf(kv.increment("k", { by: 0.5 }))).toBe("RangeError");
        expect(await codeOf(kv.batch((b) => [b.set("a", 1), b.set("b", () => 1)]))).toBe("SERIALIZATION");
        expect(backend.stats().commands).toBe(before);
        expect(await collect(kv.keys())).toEqual([]);
      },
    ],
    [
      "text that other programs wrote is read as JSON, or refused as SERIALIZATION",
      async (suite) => {
        const backend = await suite.open();
        const kv = createKv({ backend, namespace: suite.namespace, defaultTtl: LONG_MS });
        const keys = createKeySpace("k", suite.namespace);
        await backend.kv.set(keys.toStored("json"), ' {"a": [1, "2"]} ', { ttlMs: LONG_MS });
        await backend.kv.set(keys.toStored("broken"), "{oops", { ttlMs: LONG_MS });
        suite.expect(await kv.get("json")).toEqual({ a: [1, "2"] });
        suite.expect(await codeOf(kv.get("broken"))).toBe("SERIALIZATION");
      },
    ],
  ],
};
