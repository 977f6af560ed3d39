import { describe, expect, it } from "vitest";
import { deferred, sleep, twoProcesses } from "./set-up.ts";

const KEYS = Array.from({ length: 100 }, (_, index) => `key ${index}`);
const shout = (keys: readonly string[]) => new Map(keys.map((key) => [key, key.toUpperCase()]));

describe("getOrSetMany", () => {
  it("runs the factory once for what is missing, and keeps the order", async () => {
    const { a, b } = twoProcesses<string>();
    await a.set("key 5", "there");
    const asked: string[][] = [];
    const factory = async (keys: string[]) => {
      asked.push(keys);
      return shout(keys);
    };
    const values = await b.getOrSetMany([...KEYS, "key 1"], factory, { tags: ["all"] });
    expect([...values.keys()]).toEqual(KEYS);
    expect(values.get("key 7")).toBe("KEY 7");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toHaveLength(100);
    expect(await a.getOrSetMany(KEYS, factory, { tags: ["all"] })).toEqual(values);
    expect(asked).toHaveLength(1);
    await a.invalidateTags("all");
    expect((await b.getMany(KEYS)).size).toBe(0);
  });

  it("shares work with overlapping batches and single reads, without deadlock", async () => {
    const { a, b } = twoProcesses<string>();
    const runs = new Map<string, number>();
    const factory = async (keys: string[]) => {
      for (const key of keys) runs.set(key, (runs.get(key) ?? 0) + 1);
      await sleep(20);
      return shout(keys);
    };
    const [one, two, three, single] = await Promise.all([
      a.getOrSetMany(KEYS.slice(0, 60), factory),
      b.getOrSetMany([...KEYS.slice(40)].reverse(), factory),
      a.getOrSetMany(KEYS.slice(30, 70), factory),
      b.getOrSet("key 50", () => "single"),
    ]);
    expect([one.size, two.size, three.size]).toEqual([60, 60, 40]);
    expect([single, one.get("key 50"), two.get("key 50"), three.get("key 50")]).toContain(single);
    expect(new Set([one, two, three].map((values) => values.get("key 50"))).size).toBe(1);
    expect([...runs.values()].every((count) => count === 1)).toBe(true);
  });

  it("leaves a key missing that the factory leaves out, for others to compute at once", async () => {
    const { a, b } = twoProcesses<string>();
    const values = await a.getOrSetMany(["x", "y"], () => new Map([["x", "X"]]));
    expect(values).toEqual(new Map([["x", "X"]]));
    expect(await b.getOrSet("y", () => "Y")).toBe("Y");
  });

  it("stores nothing where the factory fails, and frees every lease", async () => {
    const { a, b } = twoProcesses<string>();
    const failing = a.getOrSetMany(["x", "y"], () => {
      throw new Error("down");
    });
    await expect(failing).rejects.toThrow("down");
    expect(await b.getOrSetMany(["x", "y"], shout)).toEqual(
      new Map([
        ["x", "X"],
        ["y", "Y"],
      ]),
    );
  });

  it("stores nothing where one of the values cannot be stored, and frees every lease", async () => {
    const { a, b } = twoProcesses<unknown>();
    const failing = a.getOrSetMany(
      ["x", "y"],
      () =>
        new Map<string, unknown>([
          ["x", "X"],
          ["y", () => "Y"],
        ]),
    );
    await expect(failing).rejects.toMatchObject({ code: "SERIALIZATION" });
    expect(await b.getOrSet("x", () => "later", { hardTimeout: "5s" })).toBe("later");
  });

  it("stores nothing that was invalidated while it ran", async () => {
    const { a, b } = twoProcesses<string>();
    const source = deferred<Map<string, string>>();
    const running = a.getOrSetMany(["x", "y"], () => source.promise, { tags: ["tag"] });
    await sleep(5);
    await b.delete("x");
    source.resolve(shout(["x", "y"]));
    expect((await running).size).toBe(2);
    expect(await b.getMany(["x", "y"])).toEqual(new Map([["y", "Y"]]));
  });

  it("rejects when its signal aborts, and the factory's signal with it", async () => {
    const { a, b } = twoProcesses<string>();
    const controller = new AbortController();
    let aborted = false;
    const running = a.getOrSetMany(
      KEYS,
      (_keys, { signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
      { signal: controller.signal },
    );
    await sleep(5);
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(aborted).toBe(true);
    await sleep(5);
    expect((await b.getOrSetMany(KEYS, shout)).size).toBe(100);
  });

  it("asks for nothing where nothing is asked for", async () => {
    const { a, backends } = twoProcesses<string>();
    expect(await a.getOrSetMany([], shout)).toEqual(new Map());
    expect(await a.getMany([])).toEqual(new Map());
    expect(backends[0].stats().commands).toBe(0);
  });

  it("goes on without a store", async () => {
    const { a, backends } = twoProcesses<string>();
    await backends[0].close();
    expect((await a.getOrSetMany(KEYS, shout)).size).toBe(100);
  });
});
