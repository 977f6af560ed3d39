import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BackendName, backendNames } from "./environment.ts";
import { askEdit, askSearch, askStats, listen } from "./testing/ask.ts";
import { type AtlasProcess, failToStart, startAtlasProcess } from "./testing/atlas-process.ts";

let redis: RedisHandle;
let gateway: GatewayHandle;
let settings: Record<BackendName, Record<string, string>>;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
  settings = {
    memory: {},
    redis: { REDIS_URL: redis.url },
    upstash: { UPSTASH_REDIS_REST_URL: gateway.url, UPSTASH_REDIS_REST_TOKEN: gateway.token },
    "vercel-kv": { KV_REST_API_URL: gateway.url, KV_REST_API_TOKEN: gateway.token },
  };
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

const running: AtlasProcess[] = [];
const start = async (environment: Record<string, string>): Promise<AtlasProcess> => {
  const atlas = await startAtlasProcess(environment);
  running.push(atlas);
  return atlas;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((atlas) => atlas.stop("SIGKILL")));
});

describe.each(backendNames)("the built server on %s", (name) => {
  // Every backend but memory shares one Redis here, so each searches for a name of its own.
  const q = `port ${name.slice(0, 2)}`;

  it("serves, caches, counts, and stops with exit code 0", async () => {
    const atlas = await start({ BACKEND: name, ...settings[name] });
    expect(atlas.backend).toBe(name);
    expect(atlas.output()).toMatch(/Atlas is loading the cities/);

    const cold = await askSearch(atlas.url, q);
    const warm = await askSearch(atlas.url, q);
    expect([cold.cache.status, warm.cache.status]).toEqual(["miss", "hit"]);
    expect({ ...warm, cache: null }).toEqual({ ...cold, cache: null });
    expect(await askStats(atlas.url)).toMatchObject({
      backend: name,
      cache: { hits: 1, misses: 1, factoryRuns: 1 },
      store: { state: "up", errors: 0 },
    });
    const health = await fetch(`${atlas.url}/healthz`);
    expect(await health.json()).toMatchObject({ status: "ok", backend: name });

    expect(await atlas.stop(name === "memory" ? "SIGINT" : "SIGTERM")).toBe(0);
    await expect(fetch(atlas.url)).rejects.toThrow("fetch failed");
  });
});

describe("the built server", () => {
  it("finds after a restart what it cached before, and shares it between backends on one Redis", async () => {
    const first = await start({ BACKEND: "redis", ...settings.redis });
    const cold = await askSearch(first.url, "reykjavik");
    expect(await first.stop("SIGTERM")).toBe(0);

    const again = await start({ BACKEND: "upstash", ...settings.upstash });
    const warm = await askSearch(again.url, "reykjavik");
    expect(warm.cache).toMatchObject({ status: "hit", backend: "upstash", scanMs: cold.cache.scanMs });
    expect(warm.results).toEqual(cold.results);
  });

  it("shares what readers change with other processes, whose memory forgets it", async () => {
    const one = await start({ BACKEND: "redis", ...settings.redis });
    const other = await start({ BACKEND: "redis", ...settings.redis });
    const city = (await askSearch(one.url, "nuuk")).results[0]!;
    await askSearch(other.url, "nuuk");
    const before = await askStats(other.url);
    expect((await askSearch(other.url, "nuuk")).cache.status).toBe("hit");
    // From memory: nothing was sent.
    expect((await askStats(other.url)).store.commands).toBe(before.store.commands);

    const events = await listen(other.url);
    expect((await askEdit(one.url, city.id, JSON.stringify({ population: 20_123 }))).status).toBe(204);
    expect(await events.next()).toBe('["GL"]');
    expect((await askSearch(other.url, "nuuk")).results[0]).toMatchObject({ id: city.id, population: 20_123 });
    expect((await askSearch(one.url, "nuuk")).results[0]).toMatchObject({ id: city.id, population: 20_123 });
  });

  it("moves to another port if its own is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const atlas = await start({ PORT: String(port) });
    expect(atlas.output()).toContain(`Port ${port} is taken; trying ${port + 1}.`);
    expect(new URL(atlas.url).port).not.toBe(String(port));
    expect((await fetch(atlas.url)).status).toBe(200);
    other.close();
  });

  it("refuses a backend that does not exist, and says which do", async () => {
    const { exit, output } = await failToStart({ BACKEND: "mysql" });
    expect(exit).toBe(1);
    expect(output).toMatch(/BACKEND must be one of memory, redis, upstash, vercel-kv/);
    expect(output).not.toMatch(/mysql|\n\s+at /);
  });

  it.each(["upstash", "vercel-kv"])("refuses %s without its variables, and names them", async (name) => {
    const { exit, output } = await failToStart({ BACKEND: name });
    expect(exit).toBe(1);
    expect(output).toMatch(/KV_REST_API_URL/);
    expect(output).toMatch(/KV_REST_API_TOKEN/);
    expect(output).not.toMatch(/\n\s+at /);
  });
});
