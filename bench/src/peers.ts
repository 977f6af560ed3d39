import { cachified } from "@epic-web/cachified";
import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { startRedis } from "@holdfast/test-servers";
import KeyvRedis from "@keyv/redis";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisDriver } from "bentocache/drivers/redis";
import { Cacheable } from "cacheable";
import { Redis } from "ioredis";
import { Keyv } from "keyv";
import { LRUCache } from "lru-cache";
import { createStorage } from "unstorage";
import { atOnce, measure } from "./measure.ts";
import { type Row, rowsOf, type Section, throughputRows } from "./report.ts";
import { plainKilobyte } from "./samples.ts";

const TTL_MS = 3_600_000;
const CALLERS = 1_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const peersSection: Section = {
  name: "peers",
  async run() {
    return [...(await memoryHits()), ...(await redisHits()), ...(await stampede())];
  },
};

/** A get-or-compute of one key that is there, in this process's memory. */
async function memoryHits(): Promise<Row[]> {
  const value = plainKilobyte();
  const holdfast = createCache<unknown>({ backend: memoryBackend(), namespace: "peers", ttl: TTL_MS, memory: {} });
  const bento = new BentoCache({ default: "memory", stores: { memory: bentostore().useL1Layer(memoryDriver({})) } });
  const cacheable = new Cacheable({ ttl: TTL_MS });
  const keyv = new Keyv({ ttl: TTL_MS });
  const storage = createStorage();
  const lru = new LRUCache<string, never>({ max: 1_000 });
  const map = new Map([["key", value]]);
  await sleep(10);
  const compute = async () => value;
  const contestants = [
    { name: "an async function reading a Map", work: async () => map.get("key") },
    { name: "holdfast getOrSet", work: () => holdfast.getOrSet("key", compute) },
    { name: "keyv get", work: () => keyv.get("key") },
    { name: "unstorage getItem", work: () => storage.getItem("key") },
    {
      name: "cachified",
      work: () => cachified({ key: "key", cache: lru as never, ttl: TTL_MS, getFreshValue: compute }),
    },
    { name: "bentocache getOrSet", work: () => bento.getOrSet({ key: "key", ttl: TTL_MS, factory: compute }) },
    { name: "cacheable getOrSet", work: () => cacheable.getOrSet("key", compute) },
  ];
  await keyv.set("key", value);
  await storage.setItem("key", value as never);
  for (const { work } of contestants) await work();
  return rowsOf("a hit in memory", await measure(contestants));
}

/** The same at a Redis server, 64 at once. */
async function redisHits(): Promise<Row[]> {
  await using redis = await startRedis();
  const bare = new Redis(redis.url);
  const backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
  const holdfast = createCache<unknown>({ backend, namespace: "peers", ttl: TTL_MS });
  const connection = new Redis(redis.url);
  const bento = new BentoCache({
    default: "redis",
    stores: { redis: bentostore().useL2Layer(redisDriver({ connection })) },
  });
  const keyv = new Keyv({ store: new KeyvRedis(redis.url), ttl: TTL_MS });
  const keyOf = (key: number) => `user:10000${key}`;
  for (let key = 0; key < 128; key += 1) {
    const value = plainKilobyte(key);
    await bare.set(keyOf(key), JSON.stringify(value));
    await holdfast.set(keyOf(key), value);
    await bento.set({ key: keyOf(key), value, ttl: TTL_MS });
    await keyv.set(keyOf(key), value);
  }
  const never = () => {
    throw new Error("the factory ran");
  };
  const reads: Record<string, (key: number) => Promise<unknown>> = {
    "ioredis GET and JSON.parse": async (key) => JSON.parse((await bare.get(keyOf(key)))!) as unknown,
    "holdfast getOrSet": (key) => holdfast.getOrSet(keyOf(key), never),
    "keyv get": (key) => keyv.get(keyOf(key)),
    "bentocache getOrSet": (key) => bento.getOrSet({ key: keyOf(key), ttl: TTL_MS, factory: never }),
  };
  const measured = await measure(
    Object.entries(reads).map(([name, read]) => ({ name, work: atOnce(64, read), operations: 64 })),
  );
  await keyv.disconnect();
  await bento.disconnectAll();
  await backend.close();
  bare.disconnect();
  return throughputRows("Redis, 64 at once", measured);
}

/** How often the factory runs for a thousand callers of one cold key, half of whom come while it computes. */
async function stampede(): Promise<Row[]> {
  const lru = new LRUCache<string, never>({ max: 1_000 });
  const holdfast = createCache<unknown>({ backend: memoryBackend(), namespace: "stampede", ttl: TTL_MS });
  const bento = new BentoCache({ default: "memory", stores: { memory: bentostore().useL1Layer(memoryDriver({})) } });
  const cacheable = new Cacheable({ ttl: TTL_MS });
  const libraries: Record<string, (compute: () => Promise<unknown>) => Promise<unknown>> = {
    holdfast: (compute) => holdfast.getOrSet("cold", compute),
    bentocache: (compute) => bento.getOrSet({ key: "cold", ttl: TTL_MS, factory: compute }),
    cacheable: (compute) => cacheable.getOrSet("cold", compute),
    cachified: (compute) => cachified({ key: "cold", cache: lru as never, ttl: TTL_MS, getFreshValue: compute }),
  };
  const rows: Row[] = [];
  for (const [name, read] of Object.entries(libraries)) {
    for (const fails of [false, true]) {
      let runs = 0;
      const compute = async () => {
        runs += 1;
        await sleep(20);
        if (fails) throw new Error("the source is down");
        return { n: runs };
      };
      if (fails) await reset(holdfast, bento, cacheable, lru);
      const callers = Array.from({ length: CALLERS }, async (_, index) => {
        if (index % 2 === 1) await sleep(5);
        return read(compute).catch(() => undefined);
      });
      await Promise.all(callers);
      rows.push({
        what: `factory runs for ${CALLERS} callers${fails ? " when it fails" : ""}: ${name}`,
        figure: String(runs),
        target: name === "holdfast" ? "1" : "",
        holds: name === "holdfast" ? runs === 1 : undefined,
      });
    }
  }
  await bento.disconnectAll();
  return rows;
}

async function reset(
  holdfast: { clear(): Promise<unknown> },
  bento: { clear(): Promise<unknown> },
  cacheable: { clear(): Promise<unknown> },
  lru: LRUCache<string, never>,
): Promise<void> {
  await Promise.all([holdfast.clear(), bento.clear(), cacheable.clear()]);
  lru.clear();
}
