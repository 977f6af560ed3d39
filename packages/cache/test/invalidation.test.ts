import { describe, expect, it } from "vitest";
import { deferred, sleep, twoProcesses } from "./set-up.ts";

describe.each([
  ["without a memory tier", false as const],
  ["with a memory tier", { ttl: "1m" } as const],
])("an invalidation, %s", (_name, memory) => {
  const kinds = {
    "of the key": (cache: ReturnType<typeof twoProcesses>["a"]) => cache.delete("key"),
    "of a tag": (cache: ReturnType<typeof twoProcesses>["a"]) => cache.invalidateTags("tag"),
    "of everything": (cache: ReturnType<typeof twoProcesses>["a"]) => cache.clear(),
  };

  it.each(Object.entries(kinds))("%s reaches the other process", async (_kind, invalidate) => {
    const { a, b } = twoProcesses({ memory });
    await sleep(1);
    await a.getOrSet("key", () => 1, { tags: ["tag", "other"] });
    expect(await b.getOrSet("key", () => 2, { tags: ["tag"] })).toBe(1);
    await invalidate(a);
    await sleep(1);
    expect(await b.get("key")).toBeUndefined();
    expect(await a.get("key")).toBeUndefined();
    expect(await b.getOrSet("key", () => 2, { tags: ["tag"] })).toBe(2);
  });

  it.each(Object.entries(kinds))(
    "%s voids a computation under way, which still serves its callers",
    async (_kind, invalidate) => {
      const { a, b } = twoProcesses({ memory });
      await sleep(1);
      const source = deferred<string>();
      const early = a.getOrSet("key", () => source.promise, { tags: ["tag"] });
      await sleep(5);
      await invalidate(b);
      const late = b.getOrSet("key", () => "new", { tags: ["tag"] });
      expect(await late).toBe("new");
      source.resolve("old");
      expect(await early).toBe("old");
      await sleep(5);
      expect(await a.get("key")).toBe("new");
      expect(await b.get("key")).toBe("new");
      expect(a.stats().discarded).toBe(1);
    },
  );

  it("leaves other keys and tags alone", async () => {
    const { a, b } = twoProcesses({ memory });
    await a.set("one", 1, { tags: ["x"] });
    await a.set("two", 2, { tags: ["y"] });
    await a.set("three", 3);
    await b.invalidateTags("x");
    await sleep(1);
    expect(await a.getMany(["one", "two", "three"])).toEqual(
      new Map([
        ["two", 2],
        ["three", 3],
      ]),
    );
  });

  it("by a tag that only the factory named holds too, also while it ran", async () => {
    const { a, b } = twoProcesses({ memory });
    await sleep(1);
    const source = deferred<string>();
    const early = a.getOrSet("key", async ({ setTags }) => {
      const value = await source.promise;
      setTags(["found"]);
      return value;
    });
    await sleep(5);
    await b.invalidateTags("found");
    source.resolve("old");
    expect(await early).toBe("old");
    expect(await b.get("key")).toBeUndefined();
    const again = b.getOrSet("key", ({ setTags }) => {
      setTags(["found"]);
      return "new";
    });
    expect(await again).toBe("new");
    await a.invalidateTags("found");
    await sleep(1);
    expect(await b.get("key")).toBeUndefined();
  });

  it("gives a token with which nothing it voided is read, even if messages have not arrived", async () => {
    const { a, b } = twoProcesses({ memory });
    await sleep(1);
    await a.set("key", "old", { tags: ["tag"] });
    await a.set("untouched", "old");
    await b.getMany(["key", "untouched"]);
    const token = JSON.parse(JSON.stringify(await a.delete("key"))) as Awaited<ReturnType<typeof a.delete>>;
    // In the same turn: the message to b is still on its way.
    const read = b.get("key", { notBefore: token });
    const other = b.get("untouched", { notBefore: token });
    expect(await read).toBeUndefined();
    expect(await other).toBe("old");
    await sleep(2);
    expect(await b.getOrSet("key", () => "new", { notBefore: token })).toBe("new");
    expect(await b.get("key", { notBefore: token })).toBe("new");
  });

  it("of an evicted tag only causes a miss", async () => {
    const { a, b, storage } = twoProcesses({ memory });
    await a.set("key", 1, { tags: ["tag"] });
    for (const key of storage.cacheVersions.keys().filter((name) => name.includes(":t:")))
      storage.cacheVersions.delete(key);
    expect(await b.get("key", { tags: ["tag"] })).toBeUndefined();
    expect(await b.getOrSet("key", () => 2, { tags: ["tag"] })).toBe(2);
    expect(await b.get("key")).toBe(2);
  });

  it("and a set replace each other in the order in which they were made", async () => {
    const { a, b } = twoProcesses({ memory });
    await sleep(1);
    for (let round = 0; round < 20; round += 1) {
      await a.set("key", round);
      await sleep(0);
      expect(await b.get("key")).toBe(round);
      await b.delete("key");
      await sleep(0);
      expect(await a.get("key")).toBeUndefined();
    }
  });
});

describe("tags", () => {
  it("that the caller names and the entry lacks make it a miss", async () => {
    const { a } = twoProcesses();
    await a.set("key", 1, { tags: ["x"] });
    expect(await a.get("key", { tags: ["x", "y"] })).toBeUndefined();
  });

  it("that only the entry names cost a second trip once, then none", async () => {
    const { a, b, backends } = twoProcesses();
    await a.set("key", 1, { tags: ["x", "y"] });
    const commandsOf = async (work: () => Promise<unknown>) => {
      const before = backends[1].stats().commands;
      await work();
      return backends[1].stats().commands - before;
    };
    expect(await commandsOf(() => b.get("key"))).toBe(2);
    expect(await commandsOf(() => b.get("key"))).toBe(1);
    expect(await commandsOf(() => b.get("key", { tags: ["x", "y"] }))).toBe(1);
  });
});
