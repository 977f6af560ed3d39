import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { createKv } from "@holdfast/kv";
import { countCommands, startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { atOnce, measure } from "./measure.ts";
import { countRow, type Row, type Section, throughputRows } from "./report.ts";
import { never, plainKilobyte } from "./samples.ts";

const KEYS = 128;
const TAGS = ["one", "two"];

export const redisSection: Section = {
  name: "redis",
  async run() {
    await using redis = await startRedis();
    const backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    const bare = new Redis(redis.url);
    const pipelining = new Redis(redis.url, { enableAutoPipelining: true });
    const kv = createKv<unknown>({ backend, namespace: "bench" });
    const cache = createCache<unknown>({ backend, namespace: "bench", ttl: "1h" });
    const names = Array.from({ length: KEYS }, (_, index) => `user:10000${index}`);
    for (const [index, name] of names.entries()) {
      const value = plainKilobyte(index);
      await bare.set(name, JSON.stringify(value));
      await kv.set(name, value, { ttl: "1h" });
      await cache.set(name, value);
      await cache.set(`tagged:${name}`, value, { tags: TAGS });
    }
    const reads = {
      "ioredis GET and JSON.parse": async (key: number) => JSON.parse((await bare.get(names[key]!))!) as unknown,
      "the same, auto-pipelining": async (key: number) => JSON.parse((await pipelining.get(names[key]!))!) as unknown,
      "kv get": (key: number) => kv.get(names[key]!),
      "cache get": (key: number) => cache.get(names[key]!),
      "cache getOrSet": (key: number) => cache.getOrSet(names[key]!, never),
      "cache get with two tags": (key: number) => cache.get(`tagged:${names[key]!}`, { tags: TAGS }),
    };
    const rows: Row[] = [];
    for (const callers of [1, 64]) {
      const ours = Object.keys(reads).filter((name) => /^(kv|cache) /.test(name));
      const least = callers === 64 ? Object.fromEntries(ours.map((name) => [name, 0.9])) : {};
      const contestants = Object.entries(reads).map(([name, read]) => ({
        name,
        work: atOnce(callers, read),
        operations: callers,
      }));
      rows.push(...throughputRows(`${callers} at once`, await measure(contestants), least));
    }
    const commands = async (work: () => Promise<unknown>) => (await countCommands(redis.url, work)).total;
    rows.push(
      countRow("server commands of a kv hit", await commands(() => kv.get(names[0]!)), 1),
      countRow("server commands of a cache hit", await commands(() => cache.get(names[0]!)), 1),
      countRow("server commands of a getOrSet hit", await commands(() => cache.getOrSet(names[0]!, never)), 1),
      countRow(
        "server commands of a cache hit with two tags",
        await commands(() => cache.get(`tagged:${names[0]!}`, { tags: TAGS })),
        1,
      ),
    );
    pipelining.disconnect();
    bare.disconnect();
    await backend.close();
    return rows;
  },
};
