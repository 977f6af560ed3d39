import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Browser, newSessions, sleep } from "./set-up.ts";

afterEach(() => {
  vi.useRealTimers();
});

const MINUTE = 60_000;

function setUp() {
  let now = 1_700_000_000_000;
  const backend = memoryBackend({ clock: { now: () => now } });
  const sessions = newSessions({ backend, idleTimeout: "30m", absoluteTimeout: "2h", touchThrottle: "1m" });
  const pass = (ms: number) => {
    now += ms;
  };
  return { backend, sessions, browser: new Browser(sessions), pass };
}

describe("timeouts", () => {
  it("end a session that is not used, and say so to who was signed in", async () => {
    const { browser, pass } = setUp();
    await browser.visit((session) => session.signIn("ada"));
    pass(30 * MINUTE - 1);
    expect((await browser.clone().load()).status).toBe("active");
    pass(30 * MINUTE);
    const session = await browser.load();
    expect([session.status, session.isNew, session.userId]).toEqual(["expired", true, undefined]);
    await browser.commit(session);
    expect(browser.cookies.size).toBe(0);
  });

  it("are moved by use, but never beyond the age limit", async () => {
    const { browser, pass } = setUp();
    await browser.visit((session) => session.signIn("ada"));
    for (let used = 0; used < 5; used += 1) {
      pass(23 * MINUTE);
      expect((await browser.load()).status).toBe("active");
    }
    await browser.visit((session) => session.set("theme", "dark"));
    await browser.visit((session) => session.rotate());
    pass(5 * MINUTE);
    expect((await browser.load()).status).toBe("expired");
  });

  it("are moved only by more than the throttle", async () => {
    const { browser, sessions, pass } = setUp();
    await browser.visit((session) => session.signIn("ada"));
    const seen = async () => (await sessions.list("ada"))[0]!.lastSeenAt.getTime();
    const first = await seen();
    pass(MINUTE);
    await Promise.all(Array.from({ length: 20 }, () => browser.load()));
    expect(await seen()).toBe(first);
    pass(1);
    await Promise.all(Array.from({ length: 20 }, () => browser.load()));
    expect(await seen()).toBe(first + MINUTE + 1);
  });

  it("are not moved by a prefetch", async () => {
    const { browser, pass } = setUp();
    await browser.visit((session) => session.signIn("ada"));
    pass(20 * MINUTE);
    await browser.load({ "sec-purpose": "prefetch" });
    pass(11 * MINUTE);
    expect((await browser.load()).status).toBe("expired");
  });

  it.each([-5, 5])("hold on Redis where this process's clock is %i minutes off", async (minutes) => {
    await using redis = await startRedis();
    await using backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    const sessions = newSessions({
      backend,
      idleTimeout: 400,
      absoluteTimeout: 1_500,
      touchThrottle: 20,
    });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * MINUTE });
    const [used, left] = [new Browser(sessions), new Browser(sessions)];
    for (const browser of [used, left]) {
      await browser.visit((session) => {
        session.signIn("ada");
        session.set("theme", "dark");
      });
    }
    const begun = performance.now();
    while (performance.now() - begun < 1_000) {
      expect((await used.load()).status).toBe("active");
      await sleep(50);
    }
    expect((await left.load()).status).toBe("expired");
    await sleep(1_550 - (performance.now() - begun));
    expect((await used.load()).status).toBe("expired");
    expect(await sessions.list("ada")).toEqual([]);
  });
});
