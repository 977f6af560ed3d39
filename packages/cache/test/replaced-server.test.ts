import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";
import { sleep } from "./set-up.ts";

describe("a server that was restarted or replaced", () => {
  it("is not believed: what it holds is void before anything is read of it", async () => {
    const backend = memoryBackend({ storage: new MemoryStorage() });
    let generation = 0;
    const cacheStore = Object.create(backend.cache, {
      generation: { value: () => generation },
    }) as typeof backend.cache;
    for (const name of ["read", "claim", "fill", "put", "invalidate", "renew", "release", "now"] as const) {
      Object.defineProperty(cacheStore, name, { value: backend.cache[name].bind(backend.cache) });
    }
    const cache = createCache<number>({
      backend: { name: "replaced", cache: cacheStore, bus: backend.bus },
      namespace: "x",
      ttl: "1m",
      memory: {},
    });
    await sleep(1);
    await cache.getOrSet("kept", () => 1);
    await cache.set("rolled back", 1);
    expect(await cache.get("kept")).toBe(1);
    generation += 1;
    expect(await cache.get("rolled back")).toBeUndefined();
    expect(await cache.get("kept")).toBeUndefined();
    expect(await cache.getOrSet("kept", () => 2)).toBe(2);
    expect(cache.stats().storeErrors).toBe(0);
  });

  it("is noticed by what it says of itself, on Redis, and no caller sees an error", async () => {
    const redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
    const backend = redisBackend({ url: redis.url, commandTimeout: "5s" });
    const cache = createCache<number>({ backend, namespace: "x", ttl: "1h" });
    await cache.set("key", 1);
    expect(await cache.get("key")).toBe(1);
    await redis.restart();
    expect(await cache.get("key")).toBeUndefined();
    expect(await cache.getOrSet("key", () => 2)).toBe(2);
    expect(await cache.get("key")).toBe(2);
    expect(cache.stats().storeErrors).toBe(0);
    await backend.close();
    await redis.stop();
  });
});
