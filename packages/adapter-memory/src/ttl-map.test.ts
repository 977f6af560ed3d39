import { describe, expect, test } from "vitest";
import { TtlMap } from "./ttl-map.ts";

/** Moved by the tests. */
const clock = {
  nowMs: 0,
  now(): number {
    return clock.nowMs;
  },
};

function open(bounds?: { maxEntries?: number; maxBytes?: number }): TtlMap<string> {
  clock.nowMs = 1_000;
  return new TtlMap<string>(clock, bounds && { ...bounds, bytesOf: (value) => value.length });
}

const SIZES = [undefined, { maxEntries: 100_000 }] as const;

describe.each([
  ["without limits", SIZES[0]],
  ["with limits", SIZES[1]],
] as const)("a map %s", (_name, bounds) => {
  test("ends an entry at its very millisecond", () => {
    const map = open(bounds);
    map.set("k", "v", 50);
    clock.nowMs = 1_049;
    expect([map.get("k"), map.has("k"), map.ttl("k")]).toEqual(["v", true, 1]);
    clock.nowMs = 1_050;
    expect([map.has("k"), map.ttl("k"), map.get("k"), map.delete("k")]).toEqual([false, undefined, undefined, false]);
    expect(map.size).toBe(0);
  });

  test("keeps for ever what has no end", () => {
    const map = open(bounds);
    map.set("k", "v", "forever");
    clock.nowMs = Number.MAX_SAFE_INTEGER;
    expect([map.get("k"), map.ttl("k")]).toEqual(["v", "forever"]);
  });

  test("set replaces the end, replace keeps it and creates nothing", () => {
    const map = open(bounds);
    map.set("k", "v", 50);
    map.replace("k", "w");
    map.replace("other", "w");
    expect([map.get("k"), map.ttl("k"), map.get("other")]).toEqual(["w", 50, undefined]);
    map.set("k", "x", 500);
    clock.nowMs += 50;
    expect(map.get("k")).toBe("x");
    clock.nowMs += 450;
    map.replace("k", "y");
    expect(map.get("k")).toBeUndefined();
  });

  test("gives a copy of its keys", () => {
    const map = open(bounds);
    for (const key of ["a", "b", "c"]) map.set(key, "v", "forever");
    const keys = map.keys();
    for (const key of keys) map.delete(key);
    expect(keys.toSorted()).toEqual(["a", "b", "c"]);
    expect(map.keys()).toEqual([]);
  });

  test("what expires unread does not pile up while others are written", () => {
    const map = open(bounds);
    let largest = 0;
    for (let count = 0; count < 50_000; count += 1) {
      clock.nowMs += 1;
      map.set(`k${count}`, "v", 1_000);
      largest = Math.max(largest, map.size);
    }
    // At most 1,000 are alive at any time.
    expect(largest).toBeLessThanOrEqual(2_100);
    for (let count = 0; count < map.size * 2; count += 1) map.set("k", "v", 1_000);
    clock.nowMs += 10_000;
    for (let count = 0; count < 2_200; count += 1) map.set("k", "v", 1_000);
    expect(map.size).toBe(1);
  });

  test("sweeping leaves alone what lives", () => {
    const map = open(bounds);
    for (let count = 0; count < 500; count += 1) map.set(`kept${count}`, "v", count % 2 ? "forever" : 60_000);
    for (let count = 0; count < 5_000; count += 1) {
      clock.nowMs += 1;
      map.set(`k${count}`, "v", 5);
      map.get(`kept${count % 500}`);
    }
    expect(map.keys().filter((key) => key.startsWith("kept"))).toHaveLength(500);
  });
});

describe("limits", () => {
  test("let the least recently read or written make room", () => {
    const map = open({ maxEntries: 3 });
    for (const key of ["a", "b", "c"]) map.set(key, "v", "forever");
    map.get("a");
    map.set("d", "v", "forever");
    expect(map.keys().toSorted()).toEqual(["a", "c", "d"]);
    map.replace("c", "w");
    map.set("e", "v", "forever");
    expect(map.keys().toSorted()).toEqual(["c", "d", "e"]);
  });

  test("asking whether, or how long, is no use of an entry", () => {
    const map = open({ maxEntries: 2 });
    map.set("a", "v", "forever");
    map.set("b", "v", "forever");
    map.has("a");
    map.ttl("a");
    map.set("c", "v", "forever");
    expect(map.keys().toSorted()).toEqual(["b", "c"]);
  });

  test("of bytes count what is there now", () => {
    const map = open({ maxBytes: 100 });
    map.set("a", "x".repeat(60), "forever");
    map.set("b", "x".repeat(30), "forever");
    map.replace("a", "x".repeat(10));
    map.set("c", "x".repeat(60), "forever");
    expect(map.keys().toSorted()).toEqual(["a", "b", "c"]);
    map.get("a");
    map.set("d", "x".repeat(90), "forever");
    expect(map.keys().toSorted()).toEqual(["a", "d"]);
  });

  test("drop a value that is over them, and what it was to replace", () => {
    const map = open({ maxBytes: 100 });
    map.set("a", "old", "forever");
    expect(map.excessBytes("a", "x".repeat(101))).toBe(1);
    expect(map.excessBytes("a", "x".repeat(60), 50)).toBe(10);
    expect(map.excessBytes("a", "x".repeat(100))).toBe(0);
    map.set("a", "x".repeat(101), "forever");
    expect(map.get("a")).toBeUndefined();
    expect(open().excessBytes("a", "x".repeat(1_000))).toBe(0);
  });
});
