import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";
import { sleep } from "./set-up.ts";

/** A cache on a store that can say that it is another one now, and that reads as slowly as asked. */
function setUp(readMs = 0) {
  const backend = memoryBackend({ storage: new MemoryStorage() });
  let generation = 0;
  const store = Object.create(backend.cache, { generation: { value: () => generation } }) as typeof backend.cache;
  for (const name of ["claim", "fill", "put", "invalidate", "renew", "release", "now"] as const) {
    Object.defineProperty(store, name, { value: backend.cache[name].bind(backend.cache) });
  }
  const read: typeof store.read = async (...call) => {
    const results = await backend.cache.read(...call);
    if (readMs > 0) await sleep(readMs);
    return results;
  };
  Object.defineProperty(store, "read", { value: read });
  const cache = createCache<number>({
    backend: { name: "replaced", cache: store, bus: backend.bus },
    namespace: "x",
    ttl: "1m",
    memory: {},
  });
  return {
    cache,
    replace() {
      generation += 1;
    },
  };
}

describe("a server that was restarted or replaced", () => {
  it("is not believed: what it holds is void before anything is read of it", async () => {
    const { cache, replace } = setUp();
    await sleep(1);
    await cache.getOrSet("kept", () => 1);
    await cache.set("rolled back", 1);
    expect(await cache.get("kept")).toBe(1);
    replace();
    expect(await cache.get("rolled back")).toBeUndefined();
    expect(await cache.get("kept")).toBeUndefined();
    expect(await cache.getOrSet("kept", () => 2)).toBe(2);
    expect(cache.stats().storeErrors).toBe(0);
  });

  it("is not believed by anyone whose call is under way when it is noticed", async () => {
    const { cache, replace } = setUp(5);
    const keys = ["a", "b", "c", "d"];
    for (const key of keys) await cache.set(key, 1);
    const values = keys.map(async (key, index) => {
      // Apart, so that each is a call of the store.
      await sleep(index);
      return index % 2 === 0 ? cache.get(key) : cache.getOrSet(key, () => 2);
    });
    await sleep(keys.length);
    replace();
    expect(await Promise.all(values)).toEqual([undefined, 2, undefined, 2]);
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
