import { describeBackend } from "@holdfast/conformance";
import { type ClusterHandle, type RedisHandle, startCluster, startRedis } from "@holdfast/test-servers";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";

let redis: RedisHandle;
let cluster: ClusterHandle;
/** With every setting that changes keys, replies or the way that commands leave. */
let single: Redis;
let sharded: Cluster;

beforeAll(async () => {
  [redis, cluster] = await Promise.all([startRedis(), startCluster({ replicas: 0 })]);
  single = new Redis(redis.url, { keyPrefix: "app:", stringNumbers: true, enableAutoPipelining: true });
  sharded = new Cluster(
    cluster.nodes.map(({ host, port }) => ({ host, port })),
    { keyPrefix: "app:", enableAutoPipelining: true },
  );
});
afterAll(async () => {
  single.disconnect();
  sharded.disconnect();
  await Promise.all([redis.stop(), cluster.stop()]);
});

// Every handle is closed after its test, and the next one works on the same client: close() leaves it open.
describeBackend(
  "the caller's own Redis, with a key prefix,",
  { open: async () => redisBackend({ client: single, commandTimeout: "10s" }) },
  { describe, it, expect },
);
describeBackend(
  "the caller's own Cluster, with a key prefix,",
  { open: async () => redisBackend({ client: sharded, commandTimeout: "10s" }) },
  { describe, it, expect },
);

describe("a client of the caller's own", () => {
  const listeners = (client: Redis | Cluster) =>
    client.eventNames().map((name) => `${String(name)} ${client.listenerCount(name)}`);

  it.each([
    ["Redis", () => single, () => new Redis(redis.url)],
    ["Cluster", () => sharded, () => new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })))],
  ])("%s has its prefix before keys and channels, and is as it was after close()", async (_name, get, openPlain) => {
    const client = get();
    const plain = openPlain();
    const before = listeners(client);
    const backend = redisBackend({ client });
    await backend.kv.set("prefixed", "value", { ttlMs: 60_000 });
    expect(await plain.get("app:prefixed")).toBe("value");
    const heard: string[] = [];
    await backend.bus.subscribe("channel", { onMessage: (message) => heard.push(message) });
    await plain.publish("channel", "to another application");
    await plain.publish("app:channel", "to this one");
    await expect.poll(() => heard).toEqual(["to this one"]);
    await backend.close();
    await expect(backend.kv.get("prefixed")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
    expect(listeners(client)).toEqual(before);
    expect(await client.ping()).toBe("PONG");
    plain.disconnect();
  });

  it.each<[string, Omit<RedisOptions, "replyMapping">]>([
    ["RESP2", { protocol: 2 }],
    ["a lazy connection", { lazyConnect: true }],
    ["no ready check", { enableReadyCheck: false }],
    ["no offline queue", { enableOfflineQueue: false, lazyConnect: true }],
    ["a database of its own", { db: 2 }],
  ])("works with %s", async (_name, options) => {
    const client = new Redis(redis.port, "127.0.0.1", options);
    const backend = redisBackend({ client });
    await backend.kv.hashSet("own:hash", [["a", "1"]], 60_000);
    expect(await backend.kv.hashGetAll("own:hash")).toEqual([["a", "1"]]);
    expect(await backend.kv.increment("own:count", 2, 60_000)).toBe(2);
    expect((await Array.fromAsync(backend.kv.scan("own:", 1_000))).flat().sort()).toEqual(["own:count", "own:hash"]);
    await backend.kv.delete(["own:hash", "own:count"]);
    await backend.close();
    client.disconnect();
  });
});
