import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import type { SessionOptions } from "express-session";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { holdfastStore } from "../src/express-session.ts";
import type { SessionEvent } from "../src/index.ts";
import { json, sidOf, startApp } from "./express-session-app.ts";
import { Client } from "./http.ts";

async function start(options: Partial<SessionOptions> = {}) {
  const redis = await startRedis({ own: true });
  const backend = redisBackend({ url: redis.url, commandTimeout: "1s" });
  const events: SessionEvent[] = [];
  const store = holdfastStore({ backend, events: (event) => void events.push(event) });
  const { client, url } = await startApp({ store, ...options });
  return {
    redis,
    backend,
    events,
    client,
    url,
    async [Symbol.asyncDispose]() {
      await backend.close();
      await redis.stop();
    },
  };
}

it("the id is nowhere in the store, and what is there is no id", async () => {
  await using set = await start();
  const { client } = set;
  await client.fetch("/set", json({ theme: "dark" }));
  const server = new Redis(set.redis.url);
  const keys = await server.keys("*");
  const dump = JSON.stringify([keys, await Promise.all(keys.map((key) => server.hgetall(key)))]);
  server.disconnect();
  expect(keys).toHaveLength(1);
  expect(dump).toContain("dark");
  expect(dump).not.toContain(sidOf(client));
});

it("a read is one command, a change two, and a touch is one more a minute at most", async () => {
  await using set = await start({ cookie: { maxAge: 600_000 } });
  const { client } = set;
  await client.fetch("/set", json({ theme: "dark" }));
  // Scripts travel once.
  await client.fetch("/set", json({ odd: Math.random() }));
  const count = async (work: () => Promise<unknown>) => {
    const before = set.backend.stats().commands;
    await work();
    return set.backend.stats().commands - before;
  };
  expect(await count(() => Promise.all(Array.from({ length: 20 }, () => client.fetch("/"))))).toBe(20);
  expect(await count(() => client.fetch("/set", json({ theme: "dark" })))).toBe(1);
  expect(await count(() => client.fetch("/set", json({ odd: Math.random() })))).toBe(2);
  const server = new Redis(set.redis.url);
  const [key] = await server.keys("*");
  await server.pexpire(key!, 300_000);
  expect(await count(() => client.fetch("/"))).toBe(2);
  expect(await count(() => client.fetch("/"))).toBe(1);
  expect(await server.pttl(key!)).toBeGreaterThan(590_000);
  server.disconnect();
});

it("what cannot be read is an error without the text, and a store that is away is one that names itself", async () => {
  await using set = await start();
  const { client, events } = set;
  await client.fetch("/set", json({ theme: "dark" }));
  const server = new Redis(set.redis.url);
  const [key] = await server.keys("*");
  await server.hset(key!, ":dtheme", "1:{secret");
  server.disconnect();
  expect(await (await client.fetch("/")).json()).toEqual({ code: "SERIALIZATION" });
  await set.redis.stop();
  const response = await client.fetch("/");
  expect([response.status, await response.json()]).toEqual([500, { code: "BACKEND_UNAVAILABLE" }]);
  expect(await new Client(set.url).text("/destroy")).toBe('"destroyed"');
  await expect.poll(() => events, { timeout: 5_000 }).toMatchObject([{ type: "storeError", operation: "destroy" }]);
});
