import { redisBackend } from "@holdfast/adapter-redis";
import { countCommands, type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKv } from "../src/index.ts";

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

describe("on the server", () => {
  it("a read, a write and a read of a hundred keys are one command each", async () => {
    const kv = createKv({ backend, namespace: "commands" });
    const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
    const total = async (work: () => Promise<unknown>) => (await countCommands(redis.url, work)).total;
    expect(await total(() => kv.set("key", { n: 1 }, { ttl: "1m" }))).toBe(1);
    expect(await total(() => kv.get("key"))).toBe(1);
    expect(await total(() => kv.getMany(keys))).toBe(1);
    expect(await total(() => kv.touch("key", "2m"))).toBe(1);
    expect(await total(() => kv.delete(...keys))).toBe(1);
  });

  it("a batch is one trip, and so are a hundred reads in one tick", async () => {
    const kv = createKv({ backend, namespace: "trips" });
    const trips = async (work: () => Promise<unknown>) => {
      const before = backend.stats().roundTrips;
      await work();
      return backend.stats().roundTrips - before;
    };
    expect(
      await trips(() =>
        kv.batch((b) => [b.get("a"), b.increment("n", { ttl: "1m" }), b.set("c", 1, { ttl: "1m" }), b.hashGetAll("h")]),
      ),
    ).toBe(1);
    expect(await trips(() => Promise.all(Array.from({ length: 100 }, (_, index) => kv.get(`key ${index}`))))).toBe(1);
    expect(
      await trips(() =>
        kv.setMany(
          Array.from({ length: 100 }, (_, index) => [`key ${index}`, index] as const),
          { ttl: "1m" },
        ),
      ),
    ).toBe(1);
  });

  it("a getMany of a hundred is one trip", async () => {
    const kv = createKv({ backend, namespace: "trips" });
    const before = backend.stats().roundTrips;
    await kv.getMany(Array.from({ length: 100 }, (_, index) => `key ${index}`));
    expect(backend.stats().roundTrips - before).toBe(1);
  });

  it("two handles that count at once lose nothing, and each number is given once", async () => {
    const other = redisBackend({ url: redis.url, commandTimeout: "10s" });
    try {
      const handles = [backend, other].map((each) => createKv({ backend: each, namespace: "counters" }));
      const counts = await Promise.all(
        Array.from({ length: 200 }, (_, index) => handles[index % 2]!.increment("n", { ttl: "1m" })),
      );
      expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      expect(await handles[0]!.ttl("n")).toBeLessThanOrEqual(60_000);
    } finally {
      await other.close();
    }
  });

  it("a hundred thousand keys are each yielded once, and it ends", async () => {
    const kv = createKv<number>({ backend, namespace: "many" });
    for (let start = 0; start < 100_000; start += 5_000) {
      await kv.setMany(
        Array.from({ length: 5_000 }, (_, index) => [`key:${start + index}`, 1] as const),
        { ttl: "1h" },
      );
    }
    const seen = await Array.fromAsync(kv.keys({ prefix: "key:", pageSize: 5_000 }));
    expect(seen).toHaveLength(100_000);
    expect(new Set(seen).size).toBe(100_000);
  });
});
