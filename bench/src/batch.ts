import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { createKv } from "@holdfast/kv";
import { countCommands, startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { measure } from "./measure.ts";
import { countRow, type Row, rowsOf, type Section } from "./report.ts";
import { never, plainKilobyte } from "./samples.ts";

const KEYS = 100;

export const batchSection: Section = {
  name: "batch",
  async run() {
    await using redis = await startRedis();
    const backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    const open = () => createCache<unknown>({ backend, namespace: "bench", ttl: "1h" });
    const bare = new Redis(redis.url);
    const kv = createKv<unknown>({ backend, namespace: "bench" });
    const cache = open();
    const names = Array.from({ length: KEYS }, (_, index) => `user:10000${index}`);
    for (const [index, name] of names.entries()) {
      const value = plainKilobyte(index);
      await bare.set(name, JSON.stringify(value));
      await kv.set(name, value, { ttl: "1h" });
      await cache.set(name, value);
    }
    const many = await measure([
      {
        name: "ioredis MGET and JSON.parse",
        work: async () => (await bare.mget(names)).map((text) => JSON.parse(text!) as unknown),
      },
      { name: "kv getMany", work: () => kv.getMany(names) },
      { name: "cache getMany", work: () => cache.getMany(names) },
      { name: "cache getOrSetMany", work: () => cache.getOrSetMany(names, never) },
    ]);
    const rows: Row[] = rowsOf("100 keys", many, { "kv getMany": 1.3, "cache getMany": 1.3 });

    const commands = async (work: () => Promise<unknown>) => (await countCommands(redis.url, work)).total;
    rows.push(
      countRow("server commands of kv getMany(100)", await commands(() => kv.getMany(names)), 1),
      countRow("server commands of cache getMany(100)", await commands(() => cache.getMany(names)), 1),
    );

    const trips = async (one: ReturnType<typeof open>, prefix: string) => {
      const before = backend.stats().roundTrips;
      await one.getOrSetMany(
        names.map((name) => `${prefix}:${name}`),
        (missing) => new Map(missing.map((key) => [key, key])),
      );
      return backend.stats().roundTrips - before;
    };
    // The server learns the scripts.
    await trips(open(), "warm-up");
    const fresh = open();
    rows.push(
      countRow("trips of getOrSetMany(100), cold", await trips(fresh, "first"), 2),
      countRow("trips of getOrSetMany(100), warm", await trips(fresh, "first"), 1),
      countRow("trips of getOrSetMany(100), cold after hits of other keys", await trips(cache, "second"), 2),
    );
    bare.disconnect();
    await backend.close();
    return rows;
  },
};
