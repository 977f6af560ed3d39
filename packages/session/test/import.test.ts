import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { countCommands, startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { importJsonSessions, type SessionEvent } from "../src/index.ts";
import { Browser, newSessions } from "./set-up.ts";

const ID = "0b7c1c3e-9b0a-4c58-8f6e-2f6a3f1f9a10";

describe("sessions that the old recipe wrote", () => {
  it("are taken over on first use with a new token, and forgotten", async () => {
    await using redis = await startRedis();
    await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    const recipe = new Redis(redis.url);
    await recipe.setex(`session:${ID}`, 3_600, JSON.stringify({ userId: 123, theme: "dark" }));
    const events: SessionEvent[] = [];
    const sessions = newSessions({
      backend,
      import: importJsonSessions({ backend, cookie: "sid" }),
      events: (event) => void events.push(event),
    });
    const browser = new Browser(sessions);
    browser.cookies.set("sid", ID);
    const session = await browser.load();
    expect([session.userId, session.get("theme")]).toEqual(["123", "dark"]);
    const response = await browser.commit(session);
    expect(response.headers.getSetCookie()[1]).toBe("sid=; Max-Age=0; Path=/; HttpOnly");
    expect([...browser.cookies.keys()]).toEqual(["__Host-session"]);
    expect(await recipe.exists(`session:${ID}`)).toBe(0);
    expect(events.map(({ type }) => type)).toEqual(["rotated", "imported"]);
    const next = await browser.load();
    expect([next.userId, next.get("theme")]).toEqual(["123", "dark"]);
    const stale = new Browser(sessions);
    stale.cookies.set("sid", ID);
    expect((await stale.load()).status).toBe("new");
    recipe.disconnect();
  });

  it("cost nothing where there is no such cookie, or one that cannot be an id", async () => {
    await using redis = await startRedis();
    await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    await backend.ping();
    const sessions = newSessions({ backend, import: importJsonSessions({ backend, cookie: "sid" }) });
    const counted = await countCommands(redis.url, async () => {
      for (const cookie of ["", "a=b", "sid=", "sid=1", `sid=${ID}x`, "sid=*", `sid=../${ID}`]) {
        expect((await sessions.load(cookie)).status).toBe("new");
      }
    });
    expect(counted.total).toBe(0);
  });

  it.each(["[]", "null", "5", "{", '"text"'])("that are %s are none", async (text) => {
    const backend = memoryBackend();
    await backend.kv.set(`session:${ID}`, text, { ttlMs: 60_000 });
    const sessions = newSessions({ backend, import: importJsonSessions({ backend, cookie: "sid" }) });
    expect((await sessions.load(`sid=${ID}`)).status).toBe("new");
  });

  it("with an id that JSON has made another's do not sign anybody in", async () => {
    const backend = memoryBackend();
    await backend.kv.set(`session:${ID}`, '{"userId":9007199254740993,"__proto__":{"admin":true}}', { ttlMs: 60_000 });
    const sessions = newSessions({ backend, import: importJsonSessions({ backend, cookie: "sid" }) });
    const session = await sessions.load(`sid=${ID}`);
    expect([session.userId, (session.all() as { admin?: boolean }).admin]).toEqual([undefined, undefined]);
  });

  it("may be read in another way", async () => {
    const backend = memoryBackend();
    await backend.kv.set("sess:7", '{"user":{"id":"ada"},"ui":{"theme":"dark"}}', { ttlMs: 60_000 });
    const sessions = newSessions({
      backend,
      import: importJsonSessions({
        backend,
        cookie: "sid",
        key: (id) => `sess:${id}`,
        id: /^\d+$/,
        read: (json) => ({ userId: (json["user"] as { id: string }).id, data: json["ui"] as Record<string, unknown> }),
      }),
    });
    const session = await sessions.load("sid=7");
    expect([session.userId, session.get("theme")]).toEqual(["ada", "dark"]);
  });
});
