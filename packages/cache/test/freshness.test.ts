import { describe, expect, it } from "vitest";
import { cacheStatus } from "../src/index.ts";
import { deferred, sleep, TestClock, twoProcesses } from "./set-up.ts";

describe("staleWhileRevalidate", () => {
  it("serves the stale value at once while one computation renews it, and hands its promise to waitUntil", async () => {
    const background: Promise<unknown>[] = [];
    const { a, b } = twoProcesses<number>({
      ttl: 30,
      staleWhileRevalidate: "1m",
      waitUntil: (work) => background.push(work),
    });
    await a.set("key", 1);
    await sleep(40);
    let runs = 0;
    const factory = async () => {
      runs += 1;
      await sleep(10);
      return 2;
    };
    const stale = await Promise.all([a, b, a, b].map((cache) => cache.getOrSet("key", factory, { detailed: true })));
    expect(stale.map(({ value, status, tier }) => [value, status, tier])).toEqual(Array(4).fill([1, "stale", "store"]));
    expect(background.length).toBeGreaterThan(0);
    await Promise.all(background);
    expect(runs).toBe(1);
    expect(await b.get("key", { detailed: true })).toMatchObject({ value: 2, status: "hit" });
  });

  it("never serves what was invalidated, however fresh", async () => {
    const { a, b } = twoProcesses<number>({ staleWhileRevalidate: "1m", staleIfError: "1m" });
    await a.set("key", 1, { tags: ["tag"] });
    await b.invalidateTags("tag");
    expect(await a.getOrSet("key", () => 2, { tags: ["tag"] })).toBe(2);
    await a.delete("key");
    const failing = a.getOrSet("key", () => {
      throw new Error("down");
    });
    await expect(failing).rejects.toThrow("down");
  });

  it("ends, and then callers wait", async () => {
    const { a } = twoProcesses<number>({ ttl: 20, staleWhileRevalidate: 20 });
    await a.set("key", 1);
    await sleep(60);
    expect(await a.getOrSet("key", () => 2)).toBe(2);
  });
});

describe("staleIfError", () => {
  it("serves the old value where the factory fails", async () => {
    const { a } = twoProcesses<number>({ ttl: 20, staleIfError: "1m" });
    await a.set("key", 1);
    await sleep(30);
    const fails = () => {
      throw new Error("down");
    };
    expect(await a.getOrSet("key", fails, { detailed: true })).toMatchObject({ value: 1, status: "stale" });
    expect(await a.getOrSet("key", ({ stale }) => (stale ?? 0) + 1)).toBe(2);
    expect(a.stats().factoryErrors).toBe(1);
  });

  it("serves it after softTimeout too, while the computation goes on", async () => {
    const { a } = twoProcesses<number>({ ttl: 20, staleIfError: "1m", softTimeout: 20 });
    await a.set("key", 1);
    await sleep(30);
    const source = deferred<number>();
    expect(await a.getOrSet("key", () => source.promise)).toBe(1);
    source.resolve(2);
    await sleep(10);
    expect(await a.get("key")).toBe(2);
  });
});

describe("hardTimeout", () => {
  it("rejects the caller, aborts the factory that nobody waits for any more, and frees the lease", async () => {
    const { a, b } = twoProcesses<number>({ hardTimeout: 20 });
    let aborted = false;
    const call = a.getOrSet(
      "key",
      ({ signal }) =>
        new Promise<number>(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    );
    await expect(call).rejects.toMatchObject({ code: "FACTORY_TIMEOUT", timeoutMs: 20 });
    await sleep(5);
    expect(aborted).toBe(true);
    expect(await b.getOrSet("key", () => 2)).toBe(2);
  });
});

describe("errorBackoff", () => {
  it("throws the same error for a while without running the factory", async () => {
    const { a } = twoProcesses<number>({ errorBackoff: 40 });
    const fails = () => {
      throw new Error("down");
    };
    for (let call = 0; call < 3; call += 1) await expect(a.getOrSet("key", fails)).rejects.toThrow("down");
    expect(a.stats().factoryRuns).toBe(1);
    await sleep(60);
    expect(await a.getOrSet("key", () => 1)).toBe(1);
  });
});

describe("eagerRefresh", () => {
  it("renews what takes long to compute before it expires, and not what was just written", async () => {
    const { a } = twoProcesses<number>({ ttl: 300, eagerRefresh: 50 });
    await a.getOrSet("key", async () => {
      await sleep(20);
      return 1;
    });
    await sleep(200);
    let runs = 1;
    for (let look = 0; look < 20; look += 1) {
      await a.getOrSet("key", () => {
        runs += 1;
        return runs;
      });
    }
    await sleep(5);
    expect(runs).toBeGreaterThan(1);
    expect(a.stats().misses).toBe(1);
  });
});

describe("details", () => {
  it("say where a value came from and how old it is, as a header too", async () => {
    const { a } = twoProcesses<number>({ memory: {} });
    await sleep(1);
    const miss = await a.getOrSet("key", () => 1, { detailed: true });
    expect(miss).toMatchObject({ value: 1, status: "miss", tier: undefined, ageMs: 0 });
    const hit = await a.getOrSet("key", () => 2, { detailed: true });
    expect(hit).toMatchObject({ value: 1, status: "hit", tier: "memory" });
    expect(hit.ttlMs).toBeGreaterThan(50_000);
    expect(hit.ageMs).toBeLessThan(10_000);
    expect(cacheStatus(miss)).toBe("holdfast; fwd=miss");
    expect(cacheStatus(hit, "atlas")).toMatch(/^atlas; hit; ttl=5\d; detail=memory$/);
    expect(cacheStatus(hit, "two words")).toMatch(/^"two words"; hit/);
  });

  it("measure age by the store's clock, whatever this process's own says", async () => {
    const clock = new TestClock();
    const { MemoryStorage, memoryBackend } = await import("@holdfast/adapter-memory");
    const { createCache } = await import("../src/index.ts");
    const backend = memoryBackend({ storage: new MemoryStorage({ clock }) });
    const cache = createCache<number>({
      backend,
      namespace: "clock",
      ttl: "1m",
      jitter: 0,
      staleWhileRevalidate: "1m",
    });
    await cache.set("key", 1);
    expect((await cache.get("key", { detailed: true })).ageMs).toBeLessThan(1_000);
    // The server's clock goes on; this process learns it anew with the next claim.
    clock.advance(30_000);
    await cache.getOrSet("other", () => 1);
    const aged = await cache.get("key", { detailed: true });
    expect(aged.status).toBe("hit");
    expect(aged.ageMs).toBeGreaterThan(29_000);
    expect(aged.ageMs).toBeLessThan(31_000);
  });

  it("count every kind of hit and miss", async () => {
    const { a } = twoProcesses<number>({ memory: {} });
    await sleep(1);
    await a.getOrSet("key", () => 1);
    await a.get("key");
    await a.get("none");
    expect(a.stats()).toMatchObject({ hits: { memory: 1, store: 0, stale: 0 }, misses: 2, factoryRuns: 1 });
  });
});
