import { describe, expect, test } from "vitest";
import { memoryBackend } from "./memory-backend.ts";

const ttlMs = "forever";

describe("a value larger than maxBytes", () => {
  const open = () => memoryBackend({ maxBytes: 1_000 }).kv;
  const large = "x".repeat(1_000);

  test("is refused with QUOTA_EXCEEDED, and nothing is changed", async () => {
    const kv = open();
    await kv.set("k", "old", { ttlMs });
    await kv.hashSet("h", [["f", "v"]], ttlMs);
    const refused = { code: "QUOTA_EXCEEDED" };
    await expect(kv.set("k", large, { ttlMs })).rejects.toMatchObject(refused);
    await expect(kv.setMany([{ key: "k", value: large }], ttlMs)).rejects.toMatchObject(refused);
    await expect(kv.compareAndSet("k", "old", large, ttlMs)).rejects.toMatchObject(refused);
    await expect(kv.hashSet("h", [["f", large]], ttlMs)).rejects.toMatchObject(refused);
    await expect(kv.hashIncrement("h", large, 1, ttlMs)).rejects.toMatchObject(refused);
    await expect(kv.increment(large, 1, ttlMs)).rejects.toMatchObject(refused);
    expect(await kv.get("k")).toBe("old");
    expect(await kv.hashGetAll("h")).toEqual([["f", "v"]]);
    expect(await kv.has(large)).toBe(false);
  });

  test("is refused also where it came together field by field", async () => {
    const kv = open();
    for (const field of ["a", "b", "c"]) await kv.hashSet("h", [[field, "x".repeat(50)]], ttlMs);
    await expect(kv.hashSet("h", [["d", "x".repeat(200)]], ttlMs)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    expect(await kv.hashGetAll("h")).toHaveLength(3);
  });

  test("is not named by the error", async () => {
    await expect(open().set("k", large, { ttlMs })).rejects.toThrow(/^(?![\s\S]*xx)[\s\S]*maxBytes/);
  });
});

describe("a hash", () => {
  test("counts by what it holds now", async () => {
    const { kv } = memoryBackend({ maxBytes: 2_000 });
    await kv.hashSet("h", [["a", "x".repeat(400)]], ttlMs);
    for (let round = 0; round < 20; round += 1) await kv.hashSet("h", [["a", "x".repeat(200 + round)]], ttlMs);
    await kv.hashSet("h", [["b", "y"]], ttlMs);
    await kv.hashDelete("h", ["b"]);
    await kv.set("beside", "x".repeat(300), { ttlMs });
    expect(await kv.hashGet("h", "a")).toHaveLength(219);
    expect(await kv.get("beside")).toHaveLength(300);
  });

  test("gives copies", async () => {
    const { kv } = memoryBackend();
    await kv.hashSet("h", [["a", "1"]], ttlMs);
    const before = await kv.hashGetAll("h");
    await kv.hashSet("h", [["b", "2"]], ttlMs);
    expect(before).toEqual([["a", "1"]]);
  });
});

describe("scan", () => {
  test("gives pages of the size asked for", async () => {
    const { kv } = memoryBackend();
    for (let index = 0; index < 25; index += 1) await kv.set(`k${index}`, "v", { ttlMs });
    const sizes = async (pageSize: number) => {
      const pages: number[] = [];
      for await (const page of kv.scan("k", pageSize)) pages.push(page.length);
      return pages;
    };
    expect(await sizes(10)).toEqual([10, 10, 5]);
    expect(await sizes(100)).toEqual([25]);
    // Whatever it is given, it ends.
    expect((await sizes(0)).length).toBe(25);
  });

  test("does not count as a use of the keys", async () => {
    const { kv } = memoryBackend({ maxEntries: 3 });
    for (const key of ["a", "b", "c"]) await kv.set(key, "v", { ttlMs });
    await kv.get("a");
    for await (const page of kv.scan("", 10)) expect(page).toHaveLength(3);
    await kv.set("d", "v", { ttlMs });
    expect(await kv.getMany(["a", "b", "c", "d"])).toEqual(["v", undefined, "v", "v"]);
  });

  test("stops when its signal aborts between pages", async () => {
    const { kv } = memoryBackend();
    for (const key of ["a", "b", "c"]) await kv.set(key, "v", { ttlMs });
    const controller = new AbortController();
    const reason = new Error("enough");
    const read = async () => {
      for await (const page of kv.scan("", 1, { signal: controller.signal })) {
        expect(page).toHaveLength(1);
        controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
  });
});
