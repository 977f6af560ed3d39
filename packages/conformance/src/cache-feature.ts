import { type Cache, type CacheOptions, createCache } from "@holdfast/cache";
import { codec } from "@holdfast/core";
import { eventually, LONG_MS, type Section, SHORT_MS, type Suite } from "./suite.ts";
import { EVERY_KIND } from "./values.ts";

/** Runs a test with caches on two handles, as two processes would have them. */
function withCaches(
  test: (one: Cache<unknown>, other: Cache<unknown>, suite: Suite) => Promise<void>,
  options: Partial<CacheOptions<unknown>> = {},
): (suite: Suite) => Promise<void> {
  return async (suite) => {
    const make = async () =>
      createCache({
        backend: await suite.open(),
        namespace: suite.namespace,
        ttl: LONG_MS,
        jitter: 0,
        ...options,
      });
    await using one = await make();
    await using other = await make();
    await test(one, other, suite);
  };
}

/** A factory that waits until it is let go. */
class Held<T> {
  runs = 0;
  readonly started: Promise<void>;
  readonly #value: T;
  readonly #gate: Promise<void>;
  #start: (() => void) | undefined;
  #open: (() => void) | undefined;

  constructor(value: T) {
    this.#value = value;
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  readonly factory = async (): Promise<T> => {
    this.runs += 1;
    this.#start?.();
    await this.#gate;
    return this.#value;
  };

  letGo(): void {
    this.#open?.();
  }
}

/** `createCache` on this backend: what users see. */
export const CACHE_FEATURE: Section = {
  name: "cache feature",
  cases: [
    [
      "every kind of value comes back the same in another process",
      withCaches(async (one, other, { expect }) => {
        for (const [name, value] of Object.entries(EVERY_KIND)) {
          await one.set(name, value);
          expect([name, codec.encode(await other.get(name))]).toEqual([name, codec.encode(value)]);
        }
        const many = await other.getMany([...Object.keys(EVERY_KIND), "none"]);
        expect(many.size).toBe(Object.keys(EVERY_KIND).length);
        expect(many.has("none")).toBe(false);
      }),
    ],
    [
      "null and undefined are cached like other results",
      withCaches(async (one, other, { expect }) => {
        let runs = 0;
        for (const value of [null, undefined]) {
          const factory = () => {
            runs += 1;
            return value;
          };
          expect(await one.getOrSet(`key of ${value}`, factory)).toBe(value);
          expect(await other.getOrSet(`key of ${value}`, factory)).toBe(value);
        }
        expect(runs).toBe(2);
      }),
    ],
    [
      "one computation serves every process",
      withCaches(async (one, other, { expect }) => {
        const held = new Held("value");
        const calls = Array.from({ length: 40 }, (_, index) => (index % 2 ? one : other).getOrSet("k", held.factory));
        await held.started;
        held.letGo();
        expect(new Set(await Promise.all(calls))).toEqual(new Set(["value"]));
        expect(held.runs).toBe(1);
      }),
    ],
    [
      "what was computed before an invalidation is not served after it",
      withCaches(async (one, other, { expect }) => {
        const ways = [
          () => other.delete("k"),
          () => other.invalidateTags("t"),
          () => other.clear(),
          () => other.set("k", "set", { tags: ["t"] }),
        ];
        for (const [index, invalidate] of ways.entries()) {
          const held = new Held("before");
          const before = one.getOrSet("k", held.factory, { tags: ["t"] });
          await held.started;
          await invalidate();
          held.letGo();
          await before;
          const after = await one.getOrSet("k", () => "after", { tags: ["t"] });
          expect([index, after]).toEqual([index, index === 3 ? "set" : "after"]);
          await one.clear();
        }
      }),
    ],
    [
      "deleting, invalidating and clearing void what the other process stored, and only that",
      withCaches(async (one, other, { expect }) => {
        const fill = async () => {
          await one.set("a", 1, { tags: ["t", "u"] });
          await one.set("b", 2, { tags: ["t"] });
          await one.set("c", 3);
        };
        const left = async () => [...(await one.getMany(["a", "b", "c"])).keys()];
        await fill();
        await other.delete("a", "none");
        expect(await left()).toEqual(["b", "c"]);
        await fill();
        await other.invalidateTags("u");
        expect(await left()).toEqual(["b", "c"]);
        await other.invalidateTags("t", "none");
        expect(await left()).toEqual(["c"]);
        await fill();
        await other.clear();
        expect(await left()).toEqual([]);
      }),
    ],
    [
      "a failing computation stores nothing",
      withCaches(async (one, other, { expect }) => {
        const failure = new Error("the factory's own");
        const outcome = await one.getOrSet("k", () => Promise.reject(failure)).catch((error: unknown) => error);
        expect(outcome).toBe(failure);
        expect(await other.get("k")).toBe(undefined);
        expect(await other.getOrSet("k", () => "value")).toBe("value");
      }),
    ],
    [
      "entries end with their TTL",
      withCaches(async (one, other, { expect, wait }) => {
        await one.set("short", 1, { ttl: SHORT_MS });
        await one.set("long", 2);
        await wait(SHORT_MS);
        expect(await other.get("short")).toBe(undefined);
        expect(await other.get("long")).toBe(2);
      }),
    ],
    [
      "many keys are read and computed together",
      withCaches(async (one, other, { expect }) => {
        await one.set("b", "stored");
        const asked: string[][] = [];
        const compute = (missing: readonly string[]) => {
          asked.push([...missing]);
          return new Map(missing.filter((key) => key !== "none").map((key) => [key, `new ${key}`]));
        };
        const keys = ["a", "b", "none", "c"];
        const wanted = { a: "new a", b: "stored", c: "new c" };
        expect(Object.fromEntries(await other.getOrSetMany(keys, compute))).toEqual(wanted);
        expect(Object.fromEntries(await one.getMany(keys))).toEqual(wanted);
        expect(asked).toEqual([["a", "none", "c"]]);
      }),
    ],
    [
      "with the memory tier, an invalidation reaches the other process",
      withCaches(
        async (one, other, { expect }) => {
          await one.set("k", "old");
          expect(await other.get("k")).toBe("old");
          await one.set("k", "new");
          expect(await eventually(async () => (await other.get("k")) === "new")).toBe(true);
          await one.delete("k");
          expect(await eventually(async () => (await other.get("k")) === undefined)).toBe(true);
        },
        { memory: { ttl: 200 } },
      ),
    ],
  ],
};
