import { cachified } from "@epic-web/cachified";
import { memoryBackend } from "@holdfast/adapter-memory";
import { createCache } from "@holdfast/cache";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { Cacheable } from "cacheable";
import { Keyv } from "keyv";
import { LRUCache } from "lru-cache";
import { createStorage } from "unstorage";
import { measure } from "../measure.ts";
import { type Row, rowsOf } from "../report.ts";
import { plainKilobyte } from "../samples.ts";
import { sleep } from "../sleep.ts";
import { TTL_MS } from "./on-redis.ts";

/** A get-or-compute of one key that is there, in this process's memory; a get where a library has nothing else. */
export async function memoryHits(): Promise<Row[]> {
  const value = plainKilobyte();
  const compute = async () => value;
  const holdfast = createCache<unknown>({ backend: memoryBackend(), namespace: "peers", ttl: TTL_MS, memory: {} });
  const bento = new BentoCache({ default: "memory", stores: { memory: bentostore().useL1Layer(memoryDriver({})) } });
  const cacheable = new Cacheable({ ttl: TTL_MS });
  const keyv = new Keyv({ ttl: TTL_MS });
  const storage = createStorage();
  const lru = new LRUCache<string, never>({ max: 1_000 });
  const map = new Map([["key", value]]);
  const contestants = [
    { name: "an async function reading a Map", work: async () => map.get("key") },
    { name: "holdfast getOrSet", work: () => holdfast.getOrSet("key", compute) },
    { name: "bentocache getOrSet", work: () => bento.getOrSet({ key: "key", ttl: TTL_MS, factory: compute }) },
    { name: "cacheable getOrSet", work: () => cacheable.getOrSet("key", compute) },
    { name: "keyv get", work: () => keyv.get("key") },
    {
      name: "cachified",
      work: () => cachified({ key: "key", cache: lru as never, ttl: TTL_MS, getFreshValue: compute }),
    },
    { name: "unstorage getItem", work: () => storage.getItem("key") },
  ];
  // The memory tier joins the bus.
  await sleep(10);
  await keyv.set("key", value);
  await storage.setItem("key", value as Record<string, never>);
  for (const { work } of contestants) await work();
  const measured = await measure(contestants);
  await bento.disconnectAll();
  return rowsOf("a hit in memory", measured);
}
