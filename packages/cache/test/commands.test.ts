import { redisBackend } from "@holdfast/adapter-redis";
import { type ClusterHandle, countCommands, type RedisHandle, startCluster, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";

const KEYS = Array.from({ length: 100 }, (_, index) => `key ${index}`);

let redis: RedisHandle;
let backend: ReturnType<typeof redisBackend>;

beforeAll(async () => {
  redis = await startRedis();
  backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
  await backend.ping();
});

afterAll(async () => {
  await backend.close();
  await redis.stop();
});

const newCache = (namespace: string) => createCache<string>({ backend, namespace, ttl: "1m" });
const shout = (keys: readonly string[]) => new Map(keys.map((key) => [key, key.toUpperCase()]));
const tripsOf = async (work: () => Promise<unknown>) => {
  const before = backend.stats().roundTrips;
  await work();
  return backend.stats().roundTrips - before;
};

describe("on the server", () => {
  it("a hit is one command, tags included", async () => {
    const cache = newCache("hit");
    await cache.set("key", "value", { tags: ["one", "two"] });
    const counted = await countCommands(redis.url, async () => {
      for (let read = 0; read < 10; read += 1) await cache.get("key", { tags: ["one", "two"] });
      for (let read = 0; read < 10; read += 1) await cache.getOrSet("key", () => "never", { tags: ["one", "two"] });
    });
    expect(counted.total).toBe(20);
    expect(cache.stats().factoryRuns).toBe(0);
  });

  it("a hundred hits in one tick are one command, as getMany is", async () => {
    const cache = newCache("many");
    await cache.getOrSetMany(KEYS, shout);
    const hits = () => Promise.all(KEYS.map((key) => cache.get(key)));
    expect(await tripsOf(hits)).toBe(1);
    expect((await countCommands(redis.url, hits)).total).toBe(1);
    expect((await countCommands(redis.url, () => cache.getMany(KEYS, { tags: [] }))).total).toBe(1);
  });

  it("getOrSetMany is two trips cold and one warm", async () => {
    const cache = newCache("batch");
    expect(await tripsOf(() => cache.getOrSetMany(KEYS, shout, { tags: ["tag"] }))).toBe(2);
    expect(await tripsOf(() => cache.getOrSetMany(KEYS, shout, { tags: ["tag"] }))).toBe(1);
  });

  it("getOrSetMany of keys that nobody has is two trips also where other keys, or the same before, were there", async () => {
    const cache = newCache("guesses");
    const other = KEYS.map((key) => `other ${key}`);
    const compute = (keys: readonly string[]) => tripsOf(() => cache.getOrSetMany(keys, shout, { tags: ["tag"] }));
    expect([await compute(KEYS), await compute(KEYS), await compute(other)]).toEqual([2, 1, 2]);
    await cache.delete(...KEYS);
    expect(await compute(KEYS)).toBe(2);
  });

  it("an invalidation sends one command, however many keys carry the tag", async () => {
    const cache = newCache("tags");
    for (const carriers of [1, 2_000]) {
      const keys = Array.from({ length: carriers }, (_, index) => `carrier ${index}`);
      await cache.getOrSetMany(keys, shout, { tags: ["tag"] });
      const before = backend.stats().commands;
      const counted = await countCommands(redis.url, () => cache.invalidateTags("tag"));
      expect(backend.stats().commands - before).toBe(1);
      // The script itself removes the tag's version and the epoch in one step, says so, and reads the clock.
      expect(counted.total).toBeLessThanOrEqual(4);
      expect((await cache.getMany(keys)).size).toBe(0);
    }
    expect(await tripsOf(() => cache.clear())).toBe(1);
  });

  it("everything in the store has an end", async () => {
    const cache = newCache("ends");
    await cache.getOrSet(
      "key",
      ({ setTags }) => {
        setTags(["late"]);
        return "value";
      },
      { tags: ["tag"] },
    );
    await cache.set("other", "value", { tags: ["tag"] });
    const { Redis } = await import("ioredis");
    const client = new Redis(redis.url);
    const keys = await client.keys("hf:c:*ends*");
    expect(keys.length).toBeGreaterThanOrEqual(6);
    for (const key of keys)
      expect([key, await client.pttl(key)]).toEqual([key, expect.toSatisfy((ms: number) => ms > 0)]);
    client.disconnect();
  });
});

describe("on a cluster", () => {
  let cluster: ClusterHandle;
  let clustered: ReturnType<typeof redisBackend>;

  beforeAll(async () => {
    cluster = await startCluster();
    clustered = redisBackend({
      commandTimeout: "10s",
      cluster: { nodes: cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port })) },
    });
    await clustered.ping();
  });

  afterAll(async () => {
    await clustered.close();
    await cluster.stop();
  });

  it("keys, tags, late tags, batches and clearing work over all slots", async () => {
    const options = { backend: clustered, namespace: "cluster", ttl: "1m" } as const;
    const [a, b] = [createCache<string>(options), createCache<string>(options)];
    expect((await a.getOrSetMany(KEYS, shout, { tags: ["all"] })).get("key 7")).toBe("KEY 7");
    expect(a.stats().storeErrors).toBe(0);
    expect((await b.getMany(KEYS)).size).toBe(100);
    await b.delete("key 1", "key 2");
    expect((await a.getMany(KEYS)).size).toBe(98);
    await a.getOrSet("late", ({ setTags }) => {
      setTags(["found"]);
      return "value";
    });
    expect(await b.get("late")).toBe("value");
    await b.invalidateTags("found");
    expect(await a.get("late")).toBeUndefined();
    await b.invalidateTags("all");
    expect((await a.getMany(KEYS)).size).toBe(0);
    await a.set("key", "value", { tags: ["x"] });
    expect(await b.get("key", { tags: ["x"] })).toBe("value");
    await b.clear();
    expect(await a.get("key")).toBeUndefined();
  });

  it("an invalidation of a late tag holds while it is computed", async () => {
    const options = { backend: clustered, namespace: "late", ttl: "1m" } as const;
    const [a, b] = [createCache<string>(options), createCache<string>(options)];
    const early = a.getOrSet("key", async ({ setTags }) => {
      await b.invalidateTags("found");
      setTags(["found"]);
      return "old";
    });
    expect(await early).toBe("old");
    expect(await b.get("key")).toBeUndefined();
  });
});
