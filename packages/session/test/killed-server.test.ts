import { redisBackend } from "@holdfast/adapter-redis";
import { HoldfastError } from "@holdfast/core";
import { startRedis } from "@holdfast/test-servers";
import { expect, it } from "vitest";
import { Browser, newSessions, sleep } from "./set-up.ts";

const CALLERS = 64;
const ROUNDS = 3;

/** What a browser was told, and what it was not. */
interface Attempt {
  readonly browser: Browser;
  readonly id: string;
  /** Whether the response came: then the write was acknowledged. */
  acknowledged: boolean;
}

it("64 sign-ins and commits while Redis is killed: what was acknowledged is there, the rest wholly or not at all", async () => {
  await using redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
  await using backend = redisBackend({ url: redis.url, commandTimeout: 500 });
  const sessions = newSessions({ backend });
  for (let round = 0; round < ROUNDS; round += 1) {
    const state = { running: true };
    const signIns: Attempt[] = [];
    const commits: Attempt[] = [];
    const errors: unknown[] = [];
    const attempt = async (list: Attempt[], browser: Browser, id: string, work: () => Promise<unknown>) => {
      const made: Attempt = { browser, id, acknowledged: false };
      list.push(made);
      try {
        await work();
        made.acknowledged = true;
      } catch (error) {
        errors.push(error);
        await sleep(5);
      }
    };
    const caller = async (user: number) => {
      for (let number = 1; state.running; number += 1) {
        const browser = new Browser(sessions);
        const id = `${round} ${user} ${number}`;
        await attempt(signIns, browser, id, () =>
          browser.visit((session) => {
            session.signIn(id);
            session.set("theme", id);
            session.set("draft", id);
          }),
        );
        if (!signIns.at(-1)!.acknowledged && !browser.token) continue;
        await attempt(commits, browser, id, () =>
          browser.visit((session) => {
            session.set("theme", "both");
            session.set("draft", "both");
            session.increment("visits");
          }),
        );
      }
    };
    const callers = Array.from({ length: CALLERS }, (_, user) => caller(user));
    await sleep(300);
    await redis.kill();
    // Longer than a call waits, or every one would be repeated until it is acknowledged.
    await sleep(800);
    await redis.restart();
    await sleep(300);
    state.running = false;
    await Promise.all(callers);

    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toBeInstanceOf(HoldfastError);
    const ends = new Map<Browser, { acknowledged: boolean }>();
    for (const { browser, acknowledged } of commits) ends.set(browser, { acknowledged });
    for (const { browser, id, acknowledged } of signIns) {
      const session = await browser.load();
      const commit = ends.get(browser);
      const seen = [session.userId, session.get("theme"), session.get("draft"), session.get("visits")];
      const nothing = [undefined, undefined, undefined, undefined];
      const before = [id, id, id, undefined];
      const after = [id, "both", "both", 1];
      const signedIn = commit?.acknowledged ? [after] : [before, after];
      expect(acknowledged ? signedIn : [nothing]).toContainEqual(seen);
    }
    const acknowledged = signIns.filter((each) => each.acknowledged).length;
    expect(acknowledged).toBeGreaterThan(CALLERS);
  }
}, 120_000);
