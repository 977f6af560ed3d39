import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import type { KeyValueStore } from "@holdfast/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createKv, type Kv, type KvOptions } from "../src/index.ts";

function setUp() {
  const backend = memoryBackend();
  return { backend, kv: createKv({ backend, namespace: "test" }) };
}

describe("values", () => {
  it("come back as they went in, whatever they look like", async () => {
    const { kv } = setUp();
    const values = [
      "000001",
      "9007199254740993",
      "12345678901234567890",
      "1e3",
      "true",
      "null",
      '"quoted"',
      "",
      7,
      -0,
      null,
      true,
      [1n],
      { json: 1 },
      new Date(5),
    ];
    for (const value of values) {
      await kv.set("key", value, { ttl: "1m" });
      expect(await kv.get("key")).toStrictEqual(value);
    }
  });

  it("missing is undefined, null is a value", async () => {
    const { kv } = setUp();
    await kv.set("null", null, { ttl: "1m" });
    expect(await kv.getMany(["null", "none", "null"])).toEqual([null, undefined, null]);
    expect([await kv.has("null"), await kv.has("none")]).toEqual([true, false]);
  });

  it("are written under a condition", async () => {
    const { kv } = setUp();
    expect(await kv.set("key", 1, { ttl: "1m", ifPresent: true })).toBe(false);
    expect(await kv.set("key", 1, { ttl: "1m", ifAbsent: true })).toBe(true);
    expect(await kv.set("key", 2, { ttl: "1m", ifAbsent: true })).toBe(false);
    expect(await kv.set("key", 3, { ttl: "1m", ifPresent: true })).toBe(true);
    expect(await kv.get("key")).toBe(3);
  });

  it("are compared and set as what was read", async () => {
    const { kv } = setUp();
    expect(await kv.compareAndSet("key", undefined, { n: 1 }, { ttl: "1m" })).toBe(true);
    expect(await kv.compareAndSet("key", undefined, { n: 2 }, { ttl: "1m" })).toBe(false);
    expect(await kv.compareAndSet("key", { n: 2 }, { n: 3 }, { ttl: "1m" })).toBe(false);
    expect(await kv.compareAndSet("key", await kv.get("key"), { n: 3 }, { ttl: "1m" })).toBe(true);
    expect(await kv.get("key")).toEqual({ n: 3 });
  });

  it("are written many at once, from pairs, a map or a record", async () => {
    const { kv } = setUp();
    await kv.setMany([["a", 1]], { ttl: "1m" });
    await kv.setMany(new Map([["b", 2]]), { ttl: "1m" });
    await kv.setMany({ c: 3 }, { ttl: "forever" });
    expect(await kv.getMany(["a", "b", "c"])).toEqual([1, 2, 3]);
    expect(await kv.ttl("c")).toBe("forever");
    expect(await kv.delete("a", "b", "none")).toBe(2);
  });

  it("live as long as they are told", async () => {
    const { kv } = setUp();
    await kv.set("key", 1, { ttl: 60_000 });
    expect(await kv.ttl("key")).toBeGreaterThan(59_000);
    expect(await kv.touch("key", "forever")).toBe(true);
    expect([await kv.ttl("key"), await kv.ttl("none"), await kv.touch("none", "1m")]).toEqual([
      "forever",
      undefined,
      false,
    ]);
  });
});

describe("counters", () => {
  it("count from nothing, with the TTL of the first", async () => {
    const { kv } = setUp();
    expect(await kv.increment("views")).toBe(1);
    expect(await kv.ttl("views")).toBe("forever");
    expect(await kv.increment("minute", { by: 5, ttl: "1m" })).toBe(5);
    expect(await kv.increment("minute", { by: -2, ttl: "1h" })).toBe(3);
    expect(await kv.ttl("minute")).toBeLessThanOrEqual(60_000);
    expect(await kv.get("minute")).toBe(3);
  });

  it("and writes need a TTL where options do not say that there is a default", () => {
    const open = (options: KvOptions<number>) => createKv(options);
    expectTypeOf(open).returns.toEqualTypeOf<Kv<number, false>>();
  });

  it("take the namespace's default TTL", async () => {
    const kv = createKv({ backend: memoryBackend(), namespace: "test", defaultTtl: "1m" });
    await kv.increment("n");
    await kv.hash("h").increment("n");
    await kv.set("v", 1);
    for (const key of ["n", "h", "v"]) expect(await kv.ttl(key)).toBeLessThanOrEqual(60_000);
  });
});

describe("a default TTL", () => {
  it("lets every write leave its own out, and loses to it", async () => {
    const kv = createKv<number>({ backend: memoryBackend(), namespace: "test", defaultTtl: "1m" });
    await kv.set("a", 1);
    await kv.setMany({ b: 1 });
    await kv.compareAndSet("c", undefined, 1);
    await kv.hash("d").set({ x: 1 });
    await kv.batch((b) => [b.set("e", 1), b.hashSet("f", { x: 1 }), b.increment("g")]);
    for (const key of "abcdefg") expect(await kv.ttl(key)).toBeLessThanOrEqual(60_000);
    await kv.set("a", 1, { ttl: "forever" });
    expect(await kv.ttl("a")).toBe("forever");
  });

  it("is not taken for granted by a function that takes any Kv", async () => {
    const write = (kv: Kv<number>) => kv.set("a", 1, { ttl: "1m" });
    // @ts-expect-error a TTL is required
    const forget = (kv: Kv<number>) => kv.set("a", 1);
    const backend = memoryBackend();
    expect(await write(createKv<number>({ backend, namespace: "with", defaultTtl: "1h" }))).toBe(true);
    const without = createKv<number>({ backend, namespace: "without" });
    expect(await write(without)).toBe(true);
    await expect(forget(without)).rejects.toThrow(RangeError);
  });
});

describe("keys", () => {
  it("are iterated once each, by prefix, whatever they hold", async () => {
    const { kv } = setUp();
    const names = [
      "user:1",
      "user:2",
      "user:*",
      "user:[a]",
      "user:{x}",
      "user:%7B",
      "user:\\",
      "user:\0",
      "übung",
      "user",
    ];
    for (const name of names) await kv.set(name, 1, { ttl: "1m" });
    const found = async (prefix?: string) =>
      (await Array.fromAsync(kv.keys({ ...(prefix === undefined ? {} : { prefix }), pageSize: 3 }))).sort();
    expect(await found()).toEqual([...names].sort());
    expect(await found("user:")).toEqual(names.filter((name) => name.startsWith("user:")).sort());
    expect(await found("user:*")).toEqual(["user:*"]);
    expect(await found("user:[")).toEqual(["user:[a]"]);
  });

  it("are each yielded once although a store repeats them, and iteration may stop early", async () => {
    const backend = memoryBackend();
    const repeating: KeyValueStore = Object.create(backend.kv, {
      scan: {
        value: async function* () {
          for (const page of [["a", "b"], ["b", "a"], ["c"]]) yield page.map((id) => `hf:k:test:${id}`);
        },
      },
    }) as KeyValueStore;
    const kv = createKv({ backend: { name: "repeating", kv: repeating }, namespace: "test" });
    expect(await Array.fromAsync(kv.keys())).toEqual(["a", "b", "c"]);
    for await (const key of kv.keys()) {
      expect(key).toBe("a");
      break;
    }
  });

  it("of one namespace are not those of another", async () => {
    const storage = new MemoryStorage();
    const [a, b] = ["a", "a:b"].map((namespace) => createKv({ backend: memoryBackend({ storage }), namespace }));
    await a!.set("b:c", 1, { ttl: "1m" });
    await b!.set("c", 2, { ttl: "1m" });
    expect([await a!.get("b:c"), await b!.get("c")]).toEqual([1, 2]);
    expect([await Array.fromAsync(a!.keys()), await Array.fromAsync(b!.keys())]).toEqual([["b:c"], ["c"]]);
  });
});

describe("hashes", () => {
  it("keep fields of any name, and pollute nothing", async () => {
    const { kv } = setUp();
    const hash = kv.hash("hash");
    const fields = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","":"000001"}') as Record<
      string,
      string
    >;
    await hash.set(fields, { ttl: "1m" });
    const all = await hash.getAll();
    expect(Object.entries(all).sort()).toEqual(Object.entries(fields).sort());
    expect(Object.getPrototypeOf(all)).toBeNull();
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
    expect([await hash.get("__proto__"), await hash.get("none")]).toEqual(["a", undefined]);
  });

  it("count, lose fields, and live under the key's TTL", async () => {
    const { kv } = setUp();
    const hash = kv.hash("hash");
    expect(await hash.increment("n", 5, { ttl: "1m" })).toBe(5);
    expect(await hash.increment("n")).toBe(6);
    expect(await kv.ttl("hash")).toBeLessThanOrEqual(60_000);
    await hash.set({ a: 1 }, { ttl: "forever" });
    expect(await kv.ttl("hash")).toBe("forever");
    expect(await hash.delete("a", "none")).toBe(1);
    expect(await hash.delete("n")).toBe(1);
    expect(await kv.has("hash")).toBe(false);
    expect(await hash.getAll()).toEqual({});
  });
});
