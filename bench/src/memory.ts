import { memoryBackend } from "@holdfast/adapter-memory";
import { createCache } from "@holdfast/cache";
import { createKv } from "@holdfast/kv";
import { LRUCache } from "lru-cache";
import { measure } from "./measure.ts";
import { rowsOf, type Section } from "./report.ts";
import { never, plainKilobyte } from "./samples.ts";
import { sleep } from "./sleep.ts";

export const memorySection: Section = {
  name: "memory",
  async run() {
    const value = plainKilobyte();
    const map = new Map([["key", value]]);
    const lru = new LRUCache<string, object>({ max: 1_000 });
    lru.set("key", value);
    const tiered = createCache<unknown>({ backend: memoryBackend(), namespace: "tiered", ttl: "1h", memory: {} });
    const cache = createCache<unknown>({ backend: memoryBackend(), namespace: "cache", ttl: "1h" });
    const kv = createKv({ backend: memoryBackend(), namespace: "kv" });
    await sleep(10);
    for (const one of [tiered, cache]) {
      await one.set("key", value);
      await one.get("key");
    }
    await kv.set("key", value, { ttl: "1h" });
    const tierRows = rowsOf(
      "a hit in memory",
      await measure([
        { name: "an async function reading a Map", work: async () => map.get("key") },
        { name: "an async function reading an lru-cache", work: async () => lru.get("key") },
        { name: "memory tier get", work: () => tiered.get("key") },
        { name: "memory tier getOrSet", work: () => tiered.getOrSet("key", never) },
      ]),
      { "memory tier get": 2.5, "memory tier getOrSet": 3 },
    );
    const text = JSON.stringify(value);
    const storeRows = rowsOf(
      "a hit in the memory backend, decoded",
      await measure([
        { name: "an async function that parses", work: async () => JSON.parse(text) as unknown },
        { name: "kv get", work: () => kv.get("key") },
        { name: "cache get", work: () => cache.get("key") },
      ]),
    );
    return [...tierRows, ...storeRows];
  },
};
