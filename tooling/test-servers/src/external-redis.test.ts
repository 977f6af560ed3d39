import { Redis } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";
import { startRedis } from "./index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a borrowed server lends empty databases, never its owner's, and takes them back emptied", async () => {
  await using owner = await startRedis({ own: true });
  vi.stubEnv("HOLDFAST_TEST_REDIS_URL", owner.url);
  const owners = new Redis(owner.url);
  await owners.set("precious", "data");

  const one = await startRedis();
  const two = await startRedis();
  expect([one.port, two.port]).toEqual([owner.port, owner.port]);
  const clients = [new Redis(one.url), new Redis(two.url)];
  for (const client of clients) expect(await client.dbsize()).toBe(0);
  await clients[0]?.set("key", "one");
  expect(await clients[1]?.get("key")).toBeNull();

  await one.stop();
  await two.stop();
  expect(await clients[0]?.dbsize()).toBe(0);
  expect(await owners.get("precious")).toBe("data");
  for (const client of [owners, ...clients]) client.disconnect();
});

test("a borrowed server is not for crashing, and says which is", async () => {
  await using owner = await startRedis({ own: true });
  vi.stubEnv("HOLDFAST_TEST_REDIS_URL", owner.url);
  await using borrowed = await startRedis();
  await expect(borrowed.kill()).rejects.toThrow("startRedis({ own: true })");
  await using own = await startRedis({ own: true });
  expect(own.port).not.toBe(owner.port);
});

test("when every database is in use, it says so", async () => {
  await using owner = await startRedis({ own: true, config: { databases: "1" } });
  vi.stubEnv("HOLDFAST_TEST_REDIS_URL", owner.url);
  const client = new Redis(owner.url);
  await client.set("key", "value");
  client.disconnect();
  await expect(startRedis()).rejects.toThrow("Empty one with FLUSHDB");
});
