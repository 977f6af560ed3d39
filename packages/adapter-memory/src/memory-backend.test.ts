import type { CachePut, CacheSlot } from "@holdfast/core";
import { describe, expect, test } from "vitest";
import { MemoryStorage, memoryBackend } from "./index.ts";

const ttlMs = 60_000;

const slotOf = (id: string): CacheSlot => ({ entry: `e:${id}`, lease: `l:${id}`, bucket: "v" });
const putOf = (id: string, text: string): CachePut => ({
  slot: slotOf(id),
  tags: [],
  token: id.padEnd(16, "-"),
  text,
  ttlMs,
  versionTtlMs: ttlMs,
});

describe("options", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a limit of %d is refused", (limit) => {
    expect(() => memoryBackend({ maxEntries: limit })).toThrow(RangeError);
    expect(() => memoryBackend({ maxBytes: limit })).toThrow(RangeError);
    expect(() => new MemoryStorage({ maxBytes: limit })).toThrow(`got ${limit}`);
  });

  test("what the storage decides is not given beside it", () => {
    const storage = new MemoryStorage();
    expect(() => memoryBackend({ storage, maxEntries: 1 })).toThrow(
      expect.objectContaining({ code: "CONFIGURATION", message: expect.stringContaining("storage or maxEntries") }),
    );
    expect(memoryBackend({ storage, clock: undefined }).name).toBe("memory");
  });

  test("an injected clock decides what has expired", async () => {
    let nowMs = 0;
    const { kv, cache } = memoryBackend({ clock: { now: () => nowMs } });
    await kv.set("k", "v", { ttlMs: 10 });
    nowMs = 9;
    expect(await kv.get("k")).toBe("v");
    nowMs = 10;
    expect(await kv.get("k")).toBeUndefined();
    expect(await cache.now()).toBe(10);
  });
});

describe("a shared storage", () => {
  test("is seen by every backend on it, and outlives them", async () => {
    const storage = new MemoryStorage();
    const one = memoryBackend({ storage });
    await one.kv.set("k", "v", { ttlMs });
    await one.close();
    await expect(one.kv.get("k")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(await memoryBackend({ storage }).kv.get("k")).toBe("v");
    expect(await memoryBackend().kv.get("k")).toBeUndefined();
  });
});

describe("limits", () => {
  test("hold for each kind of data: a burst of cache entries evicts no counter, nor the other way round", async () => {
    const { kv, cache } = memoryBackend({ maxEntries: 10 });
    await kv.increment("count", 5, ttlMs);
    for (let index = 0; index < 100; index += 1) await cache.put([putOf(String(index), "text")]);
    expect(await kv.get("count")).toBe("5");
    for (let index = 0; index < 100; index += 1) await kv.set(`k${index}`, "v", { ttlMs });
    const read = await cache.read([{ slot: slotOf("99"), tags: [] }]);
    expect(read[0]?.entry?.text).toBe("text");
  });

  test("spare versions and leases, without which caches would serve or compute wrongly", async () => {
    const storage = new MemoryStorage({ maxEntries: 2 });
    const { cache } = memoryBackend({ storage });
    for (let index = 0; index < 50; index += 1) {
      const claim = { ...putOf(String(index), ""), tags: [`t${index}`], epoch: "epoch", leaseTtlMs: ttlMs };
      await cache.claim([{ ...claim, seen: undefined, waitedFor: undefined }]);
    }
    expect(storage.cacheLeases.size).toBe(50);
    // Fifty tags, the bucket, the epoch.
    expect(storage.cacheVersions.size).toBe(52);
  });

  test("a cache entry over maxBytes is not kept, nor is what it replaces", async () => {
    const { cache } = memoryBackend({ maxBytes: 1_000 });
    await cache.put([putOf("a", "old")]);
    await cache.put([putOf("a", "x".repeat(1_000))]);
    expect((await cache.read([{ slot: slotOf("a"), tags: [] }]))[0]?.entry).toBeUndefined();
  });

  test("fill says so of an entry over maxBytes, and frees the lease", async () => {
    const { cache } = memoryBackend({ maxBytes: 1_000 });
    const claim = { ...putOf("a", ""), epoch: "epoch", leaseTtlMs: ttlMs, seen: undefined, waitedFor: undefined };
    for (const [text, stored] of [
      ["x".repeat(1_000), false],
      ["text", true],
    ] as const) {
      const [lease] = await cache.claim([claim]);
      if (lease?.kind !== "granted") throw new Error(`The claim was ${lease?.kind}.`);
      const epoch = { key: "epoch", version: lease.epoch };
      expect(await cache.fill([{ ...claim, ...lease, text, lateTags: [], epoch }])).toEqual([stored]);
    }
  });
});

describe("calls", () => {
  test("are counted once each, and what is refused before it runs is no command", async () => {
    const backend = memoryBackend();
    const { kv } = backend;
    await kv.getMany(["a", "b", "c"]);
    await kv.set("a", "x", { ttlMs });
    await kv.increment("a", 1, ttlMs).catch(() => {});
    await kv.get("a", { signal: AbortSignal.abort() }).catch(() => {});
    expect(backend.stats()).toEqual({ commands: 3, roundTrips: 0, errors: 2 });
  });

  test("take effect at once and leave no timer behind", async () => {
    const { kv } = memoryBackend();
    const before = process.getActiveResourcesInfo().length;
    const written = kv.set("k", "v", { ttlMs });
    expect(await Promise.all([kv.get("k"), written])).toEqual(["v", true]);
    expect(process.getActiveResourcesInfo().length).toBe(before);
  });

  test("ping is 0, and checks its timeout", async () => {
    const backend = memoryBackend();
    expect(await backend.ping()).toBe(0);
    await expect(backend.ping({ timeout: -1 })).rejects.toThrow(RangeError);
  });
});
