import type { KeyValueStore } from "@holdfast/core";
import { LONG_MS, type Section, SHORT_MS } from "./suite.ts";

const CENTURY_MS = 100 * 365 * 86_400_000;

/** Whether a key has this TTL, of which some may have run off. */
async function hasTtl(kv: KeyValueStore, key: string, ttlMs: number): Promise<boolean> {
  const left = await kv.ttl(key);
  return typeof left === "number" && left <= ttlMs && left > ttlMs - 60_000;
}

/** How long things live. */
export const KV_TTL: Section = {
  name: "kv ttl",
  cases: [
    [
      "ttl tells the remaining milliseconds, forever, and missing",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        expect(await kv.ttl(key("none"))).toBe(undefined);
        await kv.set(key("forever"), "v", { ttlMs: "forever" });
        expect(await kv.ttl(key("forever"))).toBe("forever");
        await kv.set(key("hour"), "v", { ttlMs: LONG_MS });
        expect(await hasTtl(kv, key("hour"), LONG_MS)).toBe(true);
        await kv.set(key("century"), "v", { ttlMs: CENTURY_MS });
        expect(await hasTtl(kv, key("century"), CENTURY_MS)).toBe(true);
        expect(Number.isInteger(await kv.ttl(key("hour")))).toBe(true);
      },
    ],
    [
      "set, setMany and compareAndSet replace the TTL with the value",
      async ({ open, key, expect }) => {
        const { kv } = await open();
        const name = key("k");
        await kv.set(name, "v", { ttlMs: "forever" });
        await kv.set(name, "v", { ttlMs: LONG_MS });
        expect(await hasTtl(kv, name, LONG_MS)).toBe(true);
        await kv.set(name, "v", { ttlMs: 2 * LONG_MS });
        expect(await hasTtl(kv, name, 2 * LONG_MS)).toBe(true);
        await kv.set(name, "v", { ttlMs: "forever" });
        expect(await kv.ttl(name)).toBe("forever");
        await kv.setMany([{ key: name, value: "v" }], LONG_MS);
        expect(await hasTtl(kv, name, LONG_MS)).toBe(true);
        await kv.setMany([{ key: name, value: "v" }], "forever");
        expect(await kv.ttl(name)).toBe("forever");
        await kv.compareAndSet(name, "v", "w", LONG_MS);
        expect(await hasTtl(kv, name, LONG_MS)).toBe(true);
        await kv.compareAndSet(name, "w", "x", "forever");
        expect(await kv.ttl(name)).toBe("forever");
      },
    ],
    [
      "what has expired is missing to every operation",
      async ({ open, key, advance, expect }) => {
        const [{ kv }, other] = [await open(), await open()];
        const names = ["get", "cas", "absent", "present", "touch", "deleted"].map(key);
        await kv.setMany(
          names.map((name) => ({ key: name, value: "old" })),
          SHORT_MS,
        );
        await kv.set(key("count"), "5", { ttlMs: SHORT_MS });
        await kv.hashSet(key("hash"), [["f", "v"]], SHORT_MS);
        await kv.hashSet(key("hash2"), [["n", "5"]], SHORT_MS);
        await kv.compareAndSet(key("swapped"), undefined, "v", SHORT_MS);
        await advance(SHORT_MS);
        const [get = "", cas = "", absent = "", present = "", touch = "", deleted = ""] = names;
        expect(await kv.get(get)).toBe(undefined);
        expect(await other.kv.get(get)).toBe(undefined);
        expect(await kv.getMany([get, key("swapped")])).toEqual([undefined, undefined]);
        expect(await kv.has(get)).toBe(false);
        expect(await kv.ttl(get)).toBe(undefined);
        expect(await kv.compareAndSet(cas, "old", "new", LONG_MS)).toBe(false);
        expect(await kv.compareAndSet(cas, undefined, "new", LONG_MS)).toBe(true);
        expect(await kv.set(absent, "new", { ttlMs: LONG_MS, condition: "absent" })).toBe(true);
        expect(await kv.set(present, "new", { ttlMs: LONG_MS, condition: "present" })).toBe(false);
        expect(await kv.touch(touch, LONG_MS)).toBe(false);
        expect(await kv.has(touch)).toBe(false);
        expect(await kv.delete([deleted])).toBe(0);
        expect(await kv.increment(key("count"), 1, LONG_MS)).toBe(1);
        expect(await hasTtl(kv, key("count"), LONG_MS)).toBe(true);
        expect(await kv.hashGet(key("hash"), "f")).toBe(undefined);
        expect(await kv.hashGetAll(key("hash"))).toEqual([]);
        expect(await kv.hashDelete(key("hash"), ["f"])).toBe(0);
        expect(await kv.hashIncrement(key("hash2"), "n", 1, LONG_MS)).toBe(1);
        expect(await hasTtl(kv, key("hash2"), LONG_MS)).toBe(true);
      },
    ],
    [
      "nothing expires before its time",
      async ({ open, key, advance, expect }) => {
        const { kv } = await open();
        await kv.set(key("short"), "v", { ttlMs: SHORT_MS });
        await kv.set(key("long"), "v", { ttlMs: LONG_MS });
        await kv.set(key("forever"), "v", { ttlMs: "forever" });
        await kv.set(key("replaced"), "v", { ttlMs: SHORT_MS });
        await kv.set(key("replaced"), "w", { ttlMs: LONG_MS });
        await advance(SHORT_MS);
        const names = ["short", "long", "forever", "replaced"].map(key);
        expect(await kv.getMany(names)).toEqual([undefined, "v", "v", "w"]);
      },
    ],
    [
      "touch sets the remaining life of what exists, and creates nothing",
      async ({ open, key, advance, expect }) => {
        const { kv } = await open();
        expect(await kv.touch(key("none"), LONG_MS)).toBe(false);
        expect(await kv.touch(key("none"), "forever")).toBe(false);
        expect(await kv.has(key("none"))).toBe(false);
        await kv.set(key("k"), "v", { ttlMs: "forever" });
        expect(await kv.touch(key("k"), LONG_MS)).toBe(true);
        expect(await hasTtl(kv, key("k"), LONG_MS)).toBe(true);
        expect(await kv.touch(key("k"), "forever")).toBe(true);
        expect(await kv.ttl(key("k"))).toBe("forever");
        expect(await kv.touch(key("k"), "forever")).toBe(true);
        expect(await kv.get(key("k"))).toBe("v");
        await kv.set(key("saved"), "v", { ttlMs: 500 });
        expect(await kv.touch(key("saved"), LONG_MS)).toBe(true);
        await kv.hashSet(key("h"), [["f", "v"]], "forever");
        expect(await kv.touch(key("h"), LONG_MS)).toBe(true);
        expect(await hasTtl(kv, key("h"), LONG_MS)).toBe(true);
        expect(await kv.touch(key("h"), 1)).toBe(true);
        expect(await kv.touch(key("k"), 1)).toBe(true);
        await advance(500);
        expect(await kv.has(key("k"))).toBe(false);
        expect(await kv.hashGetAll(key("h"))).toEqual([]);
        expect(await kv.get(key("saved"))).toBe("v");
      },
    ],
    [
      "a hash lives as its last hashSet says, as a whole",
      async ({ open, key, advance, expect }) => {
        const { kv } = await open();
        await kv.hashSet(key("h"), [["a", "1"]], LONG_MS);
        expect(await hasTtl(kv, key("h"), LONG_MS)).toBe(true);
        await kv.hashSet(key("h"), [["b", "2"]], "forever");
        expect(await kv.ttl(key("h"))).toBe("forever");
        await kv.hashSet(key("h"), [["b", "3"]], SHORT_MS);
        await advance(SHORT_MS);
        expect(await kv.hashGetAll(key("h"))).toEqual([]);
        expect(await kv.has(key("h"))).toBe(false);
      },
    ],
  ],
};
