import { redisBackend } from "@holdfast/adapter-redis";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Atlas, startAtlas } from "./start-atlas.ts";
import { askSearch, askStats } from "./testing/ask.ts";

let redis: RedisHandle;
let atlas: Atlas;

beforeAll(async () => {
  redis = await startRedis({ own: true });
  const backend = redisBackend({ url: redis.url, commandTimeout: "300ms" });
  atlas = await startAtlas({ backend, host: "127.0.0.1", port: 0, say: () => {} });
});
afterAll(async () => {
  await atlas.close();
  await redis.stop();
});

it("serves by scanning while the store is down, says so, and caches again once it is back", async () => {
  expect((await askSearch(atlas.url, "oslo")).cache.status).toBe("miss");
  expect((await askSearch(atlas.url, "oslo")).cache.status).toBe("hit");

  await redis.kill();
  const without = await askSearch(atlas.url, "oslo");
  expect(without.cache.status).toBe("bypass");
  expect(without.results[0]).toMatchObject({ name: "Oslo", country: "NO" });
  expect((await askStats(atlas.url)).store).toMatchObject({ state: "down" });
  const health = await fetch(`${atlas.url}/healthz`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ status: "degraded", store: { state: "down" } });
  const forgetting = await fetch(`${atlas.url}/api/search?q=oslo`, { method: "DELETE" });
  expect(forgetting.status).toBe(202);
  expect(await forgetting.json()).toEqual({ pending: true });

  await redis.restart();
  // Nobody searches: asking for the counters is what notices.
  await vi.waitFor(async () => expect((await askStats(atlas.url)).store.state).toBe("up"), { timeout: 10_000 });
  expect((await askSearch(atlas.url, "bergen")).cache.status).toBe("miss");
  expect((await askSearch(atlas.url, "bergen")).cache.status).toBe("hit");
});
