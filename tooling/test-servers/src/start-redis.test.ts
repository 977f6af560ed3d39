import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { type RedisHandle, type StartRedisOptions, startRedis } from "./index.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function start(options?: StartRedisOptions): Promise<{ server: RedisHandle; client: Redis }> {
  const server = await startRedis(options);
  const client = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => {});
  cleanUps.push(
    () => server.stop(),
    () => client.disconnect(),
  );
  return { server, client };
}

test("a restart keeps port and data", async () => {
  const { server, client } = await start({ own: true });
  await client.set("key", "kept");
  await server.restart();
  expect(await client.get("key")).toBe("kept");
  expect(client.options.port).toBe(server.port);
});

test("a kill loses data, unless an append-only file keeps it", async () => {
  for (const appendonly of [false, true]) {
    const { server, client } = await start({ own: true, appendonly });
    await client.set("key", "value");
    await server.kill();
    await server.restart();
    expect(await client.get("key")).toBe(appendonly ? "value" : null);
  }
});

test("a paused server takes connections and answers nothing until it goes on", async () => {
  const { server, client } = await start({ own: true });
  await client.ping();
  await server.pause();
  const reply = client.ping();
  expect(await Promise.race([reply, sleep(200, "silence")])).toBe("silence");
  await server.resume();
  expect(await reply).toBe("PONG");
  await server.pause();
  await server.restart();
  expect(await client.ping()).toBe("PONG");
});

test("two servers share nothing, and stop frees the port", async () => {
  const [one, two] = [await start({ own: true }), await start({ own: true })];
  await one.client.set("key", "one");
  expect(await two.client.get("key")).toBeNull();
  await one.server.stop();
  const late = new Redis(one.server.url, { retryStrategy: () => null, lazyConnect: true });
  late.on("error", () => {});
  await expect(late.connect()).rejects.toThrow(/closed/i);
});

test("directives reach the server, and a wrong one is reported with the server's log", async () => {
  const { client } = await start({ config: { maxmemory: "12mb" } });
  expect(await client.config("GET", "maxmemory")).toEqual(["maxmemory", String(12 * 1024 * 1024)]);
  await expect(startRedis({ config: { "no-such-directive": "1" } })).rejects.toThrow(/ended at once/);
});
