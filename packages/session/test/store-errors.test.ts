import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../src/index.ts";
import { Browser, newSessions } from "./set-up.ts";

/** Sessions whose store goes away once a browser is signed in. */
async function setUp(onStoreError?: "throw" | "anonymous") {
  const events: SessionEvent[] = [];
  const backend = memoryBackend();
  const sessions = newSessions({
    backend,
    events: (event) => void events.push(event),
    ...(onStoreError === undefined ? {} : { onStoreError }),
  });
  const browser = new Browser(sessions);
  await browser.visit((session) => session.signIn("ada"));
  await backend.close();
  events.length = 0;
  return { sessions, browser, events };
}

describe("while the store is away", () => {
  it("a request with a cookie fails, and one without does not notice", async () => {
    const { sessions, browser, events } = await setUp();
    await expect(browser.load()).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
    expect(events.map(({ type }) => type)).toEqual(["storeError"]);
    const visitor = await sessions.load(new Request("https://example.com"));
    expect(visitor.status).toBe("new");
  });

  it("a request with a cookie is served as anonymous where that is asked for, and keeps its cookie", async () => {
    const { browser } = await setUp("anonymous");
    const session = await browser.load();
    expect([session.status, session.isNew, session.userId]).toEqual(["unavailable", true, undefined]);
    const response = await browser.commit(session);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(browser.cookies.size).toBe(1);
  });

  it.each<[string, (browser: Browser) => Promise<unknown>]>([
    ["a change", (browser) => browser.visit((session) => session.set("theme", "dark"))],
    ["a sign-in", (browser) => browser.visit((session) => session.signIn("ada"))],
    ["a sign-out", (browser) => browser.visit((session) => session.signOut())],
  ])("%s says that it was not kept", async (_name, visit) => {
    const { browser } = await setUp("anonymous");
    await expect(visit(browser)).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
    expect(browser.cookies.size).toBe(1);
  });

  it("that hangs, visitors are served at once and others within the timeout", async () => {
    await using redis = await startRedis({ own: true });
    await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    const sessions = newSessions({ backend, onStoreError: "anonymous", timeout: 200 });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.signIn("ada"));
    await redis.pause();
    try {
      const begun = performance.now();
      expect((await sessions.load(new Request("https://example.com"))).status).toBe("new");
      expect(performance.now() - begun).toBeLessThan(50);
      expect((await browser.load()).status).toBe("unavailable");
      expect(performance.now() - begun).toBeLessThan(1_000);
    } finally {
      await redis.resume();
    }
    expect((await browser.load()).userId).toBe("ada");
  });
});
