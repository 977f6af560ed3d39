import { inspect } from "node:util";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import type { SessionEvent } from "../src/index.ts";
import { Browser, newSessions } from "./set-up.ts";

const SECRET_CHARACTERS = 43;

/** Every text that a server holds: keys, members, fields and values. */
async function dump(server: Redis): Promise<string[]> {
  const texts: string[] = [];
  for (const key of await server.keys("*")) {
    texts.push(key);
    switch (await server.type(key)) {
      case "hash":
        texts.push(...Object.entries(await server.hgetall(key)).flat());
        break;
      case "zset":
        texts.push(...(await server.zrange(key, "0", "-1")));
        break;
      case "set":
        texts.push(...(await server.smembers(key)));
        break;
      default:
        texts.push((await server.get(key)) ?? "");
    }
  }
  return texts;
}

it("the store, the events, the errors and what is printed hold no token that authenticates", async () => {
  await using redis = await startRedis({ own: true });
  await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
  const server = new Redis(redis.url);
  const told: unknown[] = [];
  const sessions = newSessions({ backend, events: (event: SessionEvent) => void told.push(event) });
  const tokens = new Set<string>();
  const texts = new Set<string>();
  const browsers = Array.from({ length: 10 }, () => new Browser(sessions));
  const look = async () => {
    for (const { token } of browsers) if (token) tokens.add(token);
    for (const text of await dump(server)) texts.add(text);
  };
  for (const [index, browser] of browsers.entries()) {
    await browser.visit((session) => session.set("theme", "dark"));
    await look();
    await browser.visit((session) => session.signIn(`user ${index % 3}`, { device: "Laptop" }));
    await look();
    await browser.visit((session) => session.rotate());
    await look();
    const session = await browser.load();
    told.push(inspect(session, { depth: 9, showHidden: true }), JSON.stringify(session), { ...session });
    told.push(await sessions.list(`user ${index % 3}`, { current: session }));
  }
  const [one, other] = [await browsers[0]!.load(), await browsers[0]!.load()];
  one.set("theme", "one");
  other.set("theme", "other");
  await browsers[0]!.commit(one);
  told.push(inspect(await browsers[0]!.commit(other).catch((error: unknown) => error)));
  await browsers[1]!.visit((session) => session.signOut());
  await sessions.revokeAll("user 2");
  await look();

  expect(tokens.size).toBe(30);
  expect(texts.size).toBeGreaterThan(100);
  const everything = [...texts, ...told.map((each) => inspect(each, { depth: 9 }))].join("\n");
  for (const token of tokens) expect(everything).not.toContain(token.slice(-SECRET_CHARACTERS));
  for (const text of everything.match(/[\w-]{22,}/g)!) {
    for (const guess of [text, text.slice(0, 81), text.slice(-81), `${text}${text}`.slice(0, 81)]) {
      const { status } = await sessions.load(`__Host-session=${guess}`);
      expect(status).not.toBe("active");
    }
  }
  server.disconnect();
});

it("everything in the store has an end", async () => {
  await using redis = await startRedis({ own: true });
  await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
  const server = new Redis(redis.url);
  const sessions = newSessions({ backend });
  const [one, other, third] = [new Browser(sessions), new Browser(sessions), new Browser(sessions)];
  await one.visit((session) => session.set("theme", "dark"));
  for (const browser of [other, third]) await browser.visit((session) => session.signIn("ada"));
  await other.visit((session) => session.rotate());
  await third.visit((session) => session.signOut());
  await one.visit((session) => session.signIn("bob"));
  await sessions.revokeAll("ada");
  const keys = await server.keys("*");
  expect(keys.length).toBeGreaterThan(4);
  for (const key of keys) expect(await server.pttl(key)).toBeGreaterThan(0);
  server.disconnect();
});
