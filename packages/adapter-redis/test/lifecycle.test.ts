import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { expectNoUnhandledRejections } from "./support/unhandled.ts";

let redis: RedisHandle;
beforeAll(async () => {
  redis = await startRedis({ own: true });
});
afterAll(() => redis.stop());

expectNoUnhandledRejections();

describe("a subscription", () => {
  it("comes back with its server, and tells that messages may be missing", async () => {
    const backend = redisBackend({ url: redis.url, commandTimeout: 500 });
    const heard: string[] = [];
    await backend.bus.subscribe("channel", {
      onMessage: (message) => heard.push(message),
      onLost: () => heard.push("lost"),
      onGap: () => heard.push("gap"),
    });
    await backend.bus.publish("channel", "one");
    await expect.poll(() => heard).toEqual(["one"]);
    await redis.kill();
    await expect.poll(() => heard).toEqual(["one", "lost"]);
    await redis.restart();
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual(["one", "lost", "gap"]);
    await expect
      .poll(() =>
        backend.bus.publish("channel", "two").then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect.poll(() => heard).toEqual(["one", "lost", "gap", "two"]);
    await backend.close();
  });
});

describe("the process", () => {
  it.each([
    ["after close()", "url", "up"],
    ["after close() while the server is away", "url", "away"],
    ["once the caller has also closed a client of its own", "client", "up"],
  ])("ends by itself, within a second, %s", async (_name, source, server) => {
    const script = fileURLToPath(new URL("./processes/uses-and-closes.mjs", import.meta.url));
    const child = fork(script, [redis.url, source]);
    await once(child, "message");
    if (server === "away") await redis.kill();
    child.send("close");
    const [closed] = await once(child, "message");
    const closedAt = performance.now();
    expect(closed).toBe("closed");
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(5_000) })) as [number];
    const tookMs = performance.now() - closedAt;
    if (server === "away") await redis.restart();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(1_000);
  });
});
