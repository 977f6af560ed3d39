import { memoryBackend } from "@holdfast/adapter-memory";
import { HoldfastError, type KeyValueStore } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createKv } from "../src/index.ts";

class Account {
  readonly balance = 5;
}

const LONG = "k".repeat(10_000);
const HUGE = "x".repeat(6_000_000);
const TTL = { ttl: "1m" } as const;

type Kv = ReturnType<typeof createKv>;

/** A store that writes down which of its methods were called. */
function spyOn(store: KeyValueStore): { readonly store: KeyValueStore; readonly called: string[] } {
  const called: string[] = [];
  const spy = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]): unknown => {
        called.push(String(name));
        return Reflect.apply(member, target, given);
      };
    },
  });
  return { store: spy, called };
}

/** What a caller may get wrong, and which error says so. */
const MISTAKES: readonly (readonly [string, (kv: Kv) => Promise<unknown>, string])[] = [
  ["an empty key", (kv) => kv.get(""), "INVALID_KEY"],
  ["a key of 10 KB", (kv) => kv.set(LONG, 1, TTL), "INVALID_KEY"],
  ["a key that is a number", (kv) => kv.get(7 as never), "INVALID_KEY"],
  ["a key that is missing", (kv) => kv.has(undefined as never), "INVALID_KEY"],
  ["a key with half a character", (kv) => kv.set("a\ud800", 1, TTL), "INVALID_KEY"],
  ["one bad key of many to read", (kv) => kv.getMany(["a", ""]), "INVALID_KEY"],
  [
    "one bad key of many to write",
    (kv) =>
      kv.setMany(
        [
          ["a", 1],
          ["", 2],
        ],
        TTL,
      ),
    "INVALID_KEY",
  ],
  ["one bad key of many to delete", (kv) => kv.delete("a", ""), "INVALID_KEY"],
  ["a bad prefix", (kv) => Array.fromAsync(kv.keys({ prefix: "a\udc00" })), "INVALID_KEY"],
  ["a function", (kv) => kv.set("a", () => 1, TTL), "SERIALIZATION"],
  ["a function deep inside", (kv) => kv.set("a", { user: { onClick() {} } }, TTL), "SERIALIZATION"],
  ["a symbol", (kv) => kv.set("a", Symbol("s"), TTL), "SERIALIZATION"],
  ["a class instance", (kv) => kv.set("a", { account: new Account() }, TTL), "SERIALIZATION"],
  ["a promise", (kv) => kv.set("a", [Promise.resolve(1)], TTL), "SERIALIZATION"],
  ["undefined", (kv) => kv.set("a", undefined, TTL), "VALIDATION"],
  ["a value over the limit", (kv) => kv.set("a", HUGE, TTL), "VALUE_TOO_LARGE"],
  [
    "one value over the limit among many",
    (kv) =>
      kv.setMany(
        [
          ["a", 1],
          ["b", HUGE],
        ],
        TTL,
      ),
    "VALUE_TOO_LARGE",
  ],
  ["a hash field over the limit", (kv) => kv.hash("h").set({ a: HUGE }, TTL), "VALUE_TOO_LARGE"],
  ["a hash field with half a character", (kv) => kv.hash("h").set({ "a\ud800": 1 }, TTL), "VALIDATION"],
  ["a hash field of 10 KB", (kv) => kv.hash("h").increment(LONG), "VALIDATION"],
  ["a hash field that is a number", (kv) => kv.hash("h").get(1 as never), "VALIDATION"],
  ["two conditions", (kv) => kv.set("a", 1, { ...TTL, ifAbsent: true, ifPresent: true }), "VALIDATION"],
  // @ts-expect-error a TTL is required
  ["no TTL", (kv) => kv.set("a", 1), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL in options", (kv) => kv.set("a", 1, {}), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL for many", (kv) => kv.setMany([["a", 1]]), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL for a hash", (kv) => kv.hash("h").set({ a: 1 }), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL in a batch", (kv) => kv.batch((b) => [b.set("a", 1)]), "RangeError"],
  // @ts-expect-error the option is called `ttl`
  ["a TTL by another name", (kv) => kv.set("a", 1, { ex: 60 }), "RangeError"],
  // @ts-expect-error "60" has no unit
  ["a TTL without a unit", (kv) => kv.set("a", 1, { ttl: "60" }), "RangeError"],
  ["a TTL of nothing", (kv) => kv.set("a", 1, { ttl: 0 }), "RangeError"],
  ["a negative TTL", (kv) => kv.touch("a", -1), "RangeError"],
  ["a TTL that is not a number", (kv) => kv.increment("a", { ttl: Number.NaN }), "RangeError"],
  ["a fraction of a step", (kv) => kv.increment("a", { by: 1.5 }), "RangeError"],
  ["a step beyond 2^53", (kv) => kv.hash("h").increment("a", 2 ** 60), "RangeError"],
  ["a step that is text", (kv) => kv.increment("a", { by: "hunter2" as never }), "RangeError"],
  ["a step that is a bigint", (kv) => kv.increment("a", { by: 5n as never }), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL to compare and set", (kv) => kv.compareAndSet("a", undefined, 1), "RangeError"],
  // @ts-expect-error a TTL is required
  ["no TTL for a hash in a batch", (kv) => kv.batch((b) => [b.hashSet("h", { a: 1 })]), "RangeError"],
  ["undefined among many", (kv) => kv.setMany({ a: 1, b: undefined }, TTL), "VALIDATION"],
  ["undefined in a hash", (kv) => kv.hash("h").set({ a: 1, b: undefined }, TTL), "VALIDATION"],
  ["undefined to compare and set", (kv) => kv.compareAndSet("a", 1, undefined, TTL), "VALIDATION"],
  ["a function among many", (kv) => kv.setMany({ a: 1, b: () => 1 }, TTL), "SERIALIZATION"],
  ["keys that are one text", (kv) => kv.getMany("hunter2" as never), "VALIDATION"],
  ["keys that are missing", (kv) => kv.getMany(undefined as never), "VALIDATION"],
  ["entries that are missing", (kv) => kv.setMany(undefined as never, TTL), "VALIDATION"],
  ["entries that are text", (kv) => kv.setMany("hunter2" as never, TTL), "VALIDATION"],
  ["entries that are no pairs", (kv) => kv.setMany([["a", 1], "ab"] as never, TTL), "VALIDATION"],
  ["fields in a Map, which would be lost", (kv) => kv.hash("h").set(new Map([["a", 1]]) as never, TTL), "VALIDATION"],
  ["fields that are missing", (kv) => kv.hash("h").set(null as never, TTL), "VALIDATION"],
  ["something else in a batch", (kv) => kv.batch((b) => [b.set("a", 1, TTL), 5] as never), "VALIDATION"],
  ["a batch of promises", (kv) => kv.batch((() => [Promise.resolve(1)]) as never), "VALIDATION"],
  ["an async batch", (kv) => kv.batch((async () => []) as never), "VALIDATION"],
  [
    "a value over the limit, last of a batch",
    (kv) => kv.batch((b) => [b.set("a", 1, TTL), b.set("b", HUGE, TTL)]),
    "VALUE_TOO_LARGE",
  ],
  ["a page of nothing", (kv) => Array.fromAsync(kv.keys({ pageSize: 0 })), "RangeError"],
];

describe("a mistake rejects with its own error, and nothing is sent", () => {
  it.each(MISTAKES)("%s", async (_name, call, code) => {
    const backend = memoryBackend();
    const { store, called } = spyOn(backend.kv);
    const error: unknown = await call(createKv({ backend: { name: "spy", kv: store }, namespace: "test" })).then(
      () => "no error",
      (reason: unknown) => reason,
    );
    const kind = error instanceof HoldfastError ? error.code : (error as Error).name;
    expect(kind).toBe(code);
    expect((error as Error).message.length).toBeGreaterThan(20);
    expect((error as Error).message.length).toBeLessThan(400);
    expect((error as Error).message).not.toContain("hunter2");
    expect(called).toEqual([]);
    expect(backend.stats().commands).toBe(0);
  });

  it("and a good call is seen by the same spy", async () => {
    const { store, called } = spyOn(memoryBackend().kv);
    await createKv({ backend: { name: "spy", kv: store }, namespace: "test" }).set("a", 1, TTL);
    expect(called).toEqual(["set"]);
  });

  it("also where an asynchronous schema refuses one of many", async () => {
    const { store, called } = spyOn(memoryBackend().kv);
    const schema = z.number().refine(async (value) => value > 0);
    const kv = createKv({ backend: { name: "spy", kv: store }, namespace: "test", schema, defaultTtl: "1m" });
    const calls = [
      kv.setMany({ a: 1, b: -1 }),
      kv.hash("h").set({ a: 1, b: -1 }),
      kv.batch((b) => [b.set("a", 1), b.increment("n"), b.set("b", -1)]),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "VALIDATION" });
    expect(called).toEqual([]);
  });

  it("names the place of what cannot be stored, not the value", async () => {
    const kv = createKv({ backend: memoryBackend(), namespace: "test" });
    const call = kv.set("a", { secret: "hunter2", user: { onClick() {} } }, TTL);
    await expect(call).rejects.toMatchObject({ path: "$.user.onClick" });
    await expect(call).rejects.not.toThrow(/hunter2/);
  });
});

describe("at construction", () => {
  const backend = memoryBackend();
  it.each([
    ["no namespace", { backend }],
    ["an empty namespace", { backend, namespace: "" }],
    ["a default TTL of nothing", { backend, namespace: "x", defaultTtl: 0 }],
    ["a limit of nothing", { backend, namespace: "x", maxValueBytes: 0 }],
    ["a timeout of nothing", { backend, namespace: "x", timeout: "0ms" }],
    ["no backend", { namespace: "x" }],
    ["a backend without the store", { backend: { name: "bare" }, namespace: "x" }],
  ])("%s throws", (_name, options) => {
    expect(() => createKv(options as never)).toThrow();
  });
});

describe("a call's own bounds", () => {
  it("are honoured", async () => {
    const kv = createKv({ backend: memoryBackend(), namespace: "test", timeout: "1s" });
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    for (const call of [
      kv.get("a", { signal }),
      kv.getMany(["a"], { signal }),
      kv.set("a", 1, { ...TTL, signal }),
      kv.increment("a", { signal }),
      kv.batch((b) => [b.set("a", 1, TTL), b.delete("a")], { signal }),
    ]) {
      await expect(call).rejects.toThrow("no longer wanted");
    }
    const outcomes = await kv.batch((b) => [b.increment("a"), b.hashDelete("h", "f")], { signal, settle: true });
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
    expect(await kv.has("a")).toBe(false);
  });
});
