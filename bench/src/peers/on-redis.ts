import { type CacheEntry, cachified, totalTtl } from "@epic-web/cachified";
import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import KeyvRedis from "@keyv/redis";
import { BentoCache, bentostore } from "bentocache";
import { redisDriver } from "bentocache/drivers/redis";
import { Cacheable } from "cacheable";
import { Redis } from "ioredis";
import { Keyv } from "keyv";
import { createStorage } from "unstorage";
import unstorageRedis from "unstorage/drivers/redis";
import { never } from "../samples.ts";

export const TTL_MS = 3_600_000;

export type Compute = () => Promise<unknown>;

/** A library on one Redis server, without a tier in memory. */
export interface Library {
  readonly set: (key: string, value: unknown) => Promise<unknown>;
  readonly get: (key: string) => Promise<unknown>;
  /** Where it has one. */
  readonly getOrSet?: (key: string, compute: Compute) => Promise<unknown>;
  /** Where it reads many keys in one call. */
  readonly getMany?: (keys: string[]) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** By name; ours first. */
export const LIBRARIES: Readonly<Record<string, (url: string) => Library>> = {
  holdfast: (url) => {
    const backend = redisBackend({ url, commandTimeout: "10s" });
    const cache = createCache<unknown>({ backend, namespace: "peers", ttl: TTL_MS });
    return {
      set: (key, value) => cache.set(key, value),
      get: (key) => cache.get(key),
      getOrSet: (key, compute) => cache.getOrSet(key, compute),
      getMany: (keys) => cache.getMany(keys),
      close: () => backend.close(),
    };
  },
  bentocache: (url) => {
    const connection = new Redis(url);
    const cache = new BentoCache({
      default: "redis",
      stores: { redis: bentostore().useL2Layer(redisDriver({ connection })) },
    });
    return {
      set: (key, value) => cache.set({ key, value, ttl: TTL_MS }),
      get: (key) => cache.get({ key }),
      getOrSet: (key, factory) => cache.getOrSet({ key, ttl: TTL_MS, factory }),
      close: () => cache.disconnectAll(),
    };
  },
  cacheable: (url) => {
    const cache = new Cacheable({ primary: new KeyvRedis(url), ttl: TTL_MS });
    return {
      set: (key, value) => cache.set(key, value),
      get: (key) => cache.get(key),
      getOrSet: (key, compute) => cache.getOrSet(key, compute),
      getMany: (keys) => cache.getMany(keys),
      close: () => cache.disconnect(),
    };
  },
  keyv: (url) => {
    const keyv = new Keyv({ store: new KeyvRedis(url), ttl: TTL_MS });
    return {
      set: (key, value) => keyv.set(key, value),
      get: (key) => keyv.get(key),
      getMany: (keys) => keyv.getMany(keys),
      close: () => keyv.disconnect(),
    };
  },
  cachified: (url) => {
    const client = new Redis(url);
    // The library leaves the store to its user: the least that its interface asks for.
    const cache = {
      get: async (key: string) => {
        const text = await client.get(key);
        return text === null ? null : (JSON.parse(text) as CacheEntry);
      },
      set: (key: string, entry: CacheEntry) =>
        client.set(key, JSON.stringify(entry), "PX", Math.min(totalTtl(entry.metadata), TTL_MS)),
      delete: (key: string) => client.del(key),
    };
    const getOrSet = (key: string, compute: Compute) =>
      cachified({ key: `cachified:${key}`, cache, ttl: TTL_MS, getFreshValue: compute });
    return {
      set: (key, value) => getOrSet(key, async () => value),
      get: (key) => getOrSet(key, never),
      getOrSet,
      close: async () => client.disconnect(),
    };
  },
  unstorage: (url) => {
    const storage = createStorage({ driver: unstorageRedis({ url, base: "unstorage", ttl: TTL_MS / 1000 }) });
    return {
      set: (key, value) => storage.setItem(key, value as Record<string, never>),
      get: (key) => storage.getItem(key),
      getMany: (keys) => storage.getItems(keys),
      close: () => storage.dispose(),
    };
  },
};
