import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, expect, test } from "vitest";

let redis: RedisHandle;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const FOREIGN = ["x", "a text of another program, without a line's end, longer than an entry's head", "one\ntwo", "\n"];

test.each(FOREIGN)("where another program wrote %j, an entry is missing, and is computed and kept", async (text) => {
  await using backend = redisBackend({ url: redis.url });
  const slot = { entry: `{t}:e:${text.length}`, lease: `{t}:l:${text.length}`, bucket: "{t}:v" };
  await backend.kv.set(slot.entry, text, { ttlMs: 60_000 });
  expect((await backend.cache.read([{ slot, tags: [] }]))[0]?.entry).toBeUndefined();
  const claim = { slot, tags: [], epoch: "{t}:epoch", token: "0123456789abcdef", leaseTtlMs: 60_000 };
  const [lease] = await backend.cache.claim([
    { ...claim, versionTtlMs: 60_000, seen: undefined, waitedFor: undefined },
  ]);
  if (lease?.kind !== "granted") throw new Error(`The claim was ${lease?.kind}.`);
  const fill = { ...claim, ...lease, text: "value", ttlMs: 60_000, versionTtlMs: 60_000, lateTags: [] };
  const epoch = { key: claim.epoch, version: lease.epoch };
  expect(await backend.cache.fill([{ ...fill, epoch }])).toEqual([true]);
  expect((await backend.cache.read([{ slot, tags: [] }]))[0]?.entry?.text).toBe("value");
});

test("createCache goes on where another program overwrote an entry", async () => {
  await using backend = redisBackend({ url: redis.url });
  await using cache = createCache<number>({ backend, namespace: "foreign", ttl: "1m" });
  await cache.set("k", 1);
  for await (const keys of backend.kv.scan("hf:c:", 100)) {
    for (const key of keys.filter((each) => each.endsWith(":k"))) await backend.kv.set(key, "oops", { ttlMs: 60_000 });
  }
  expect(await cache.get("k")).toBeUndefined();
  expect(await cache.getOrSet("k", () => 2)).toBe(2);
  expect(await cache.get("k")).toBe(2);
});
