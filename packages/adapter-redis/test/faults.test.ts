import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { HoldfastError } from "@holdfast/core";
import { type RedisHandle, startRedis, startSentinel, startTcpProxy } from "@holdfast/test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";

const CALLERS = 64;
const TIMEOUT_MS = 500;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let redis: RedisHandle;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => void unhandled.push(reason);

beforeEach(async () => {
  redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  process.off("unhandledRejection", onUnhandled);
  await redis.stop();
  expect(unhandled.splice(0)).toEqual([]);
});

/** How long this process was too busy to notice that time had passed: not the calls' fault. */
function watchLag() {
  let worstMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worstMs = Math.max(worstMs, now - last - 5);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return worstMs;
  };
}

interface Outcome {
  readonly tookMs: number;
  readonly error: unknown;
}

/** Many callers who read, write and count without pause, until they are told to stop. */
function load(backend: ReturnType<typeof redisBackend>) {
  const outcomes: Outcome[] = [];
  const counted = { acknowledged: 0, unknown: 0 };
  const state = { running: true };
  let lastSuccessAt = 0;
  const call = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    let error: unknown;
    try {
      await work();
      lastSuccessAt = performance.now();
    } catch (reason) {
      error = reason;
    }
    outcomes.push({ tookMs: performance.now() - startedAt, error });
    return error;
  };
  const caller = async (number: number) => {
    while (state.running) {
      await call(() => backend.kv.get(`key ${number}`));
      await call(() => backend.kv.set(`key ${number}`, "value", { ttlMs: 60_000 }));
      const error = await call(() => backend.kv.increment("count", 1, "forever"));
      if (!error) counted.acknowledged += 1;
      else if ((error as { outcome?: string }).outcome === "unknown") counted.unknown += 1;
      if (outcomes.at(-1)!.error) await sleep(5);
    }
  };
  const done = Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  return {
    outcomes,
    counted,
    lastSuccess: () => lastSuccessAt,
    stop: async () => {
      state.running = false;
      await done;
    },
  };
}

describe("under the load of 64 callers", () => {
  it.each([
    ["killed", () => redis.kill(), () => redis.restart()],
    ["frozen", () => redis.pause(), () => redis.resume()],
  ])(
    "a server that is %s fails calls within their timeout, and serves again within 2 s of its return",
    async (_name, fail, recover) => {
      const backend = redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS });
      const lag = watchLag();
      const loaded = load(backend);
      await sleep(300);
      await fail();
      await sleep(1_500);
      await recover();
      const backAt = performance.now();
      while (loaded.lastSuccess() < backAt && performance.now() - backAt < 5_000) await sleep(10);
      const servedAfterMs = loaded.lastSuccess() - backAt;
      await sleep(200);
      await loaded.stop();
      const lagMs = lag();
      const count = Number(await backend.kv.get("count"));
      await backend.close();

      const slowest = Math.max(...loaded.outcomes.map(({ tookMs }) => tookMs));
      expect(slowest - lagMs).toBeLessThan(TIMEOUT_MS + 100);
      expect(servedAfterMs).toBeGreaterThan(0);
      expect(servedAfterMs - lagMs).toBeLessThan(2_000);
      const errors = loaded.outcomes.flatMap(({ error }) => (error ? [error] : []));
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.every((error) => error instanceof HoldfastError)).toBe(true);
      // Every acknowledged step is there once; those of unknown outcome may be there.
      expect(count).toBeGreaterThanOrEqual(loaded.counted.acknowledged);
      expect(count).toBeLessThanOrEqual(loaded.counted.acknowledged + loaded.counted.unknown);
    },
  );
});

describe("a reply that is lost", () => {
  it("does not double a step: it is reported as unknown, and was made once", async () => {
    await using proxy = await startTcpProxy(redis);
    const backend = redisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeout: "5s" });
    await backend.kv.increment("count", 1, "forever");
    const cut = proxy.loseReplyTo("count");
    await expect(backend.kv.increment("count", 1, "forever")).rejects.toMatchObject({ outcome: "unknown" });
    await cut;
    expect(await backend.kv.get("count")).toBe("2");
    await backend.close();
  });

  it("of a read is asked for again, and the caller does not notice", async () => {
    await using proxy = await startTcpProxy(redis);
    const backend = redisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeout: "5s" });
    await backend.kv.set("wanted", "value", { ttlMs: 60_000 });
    const before = proxy.count("wanted");
    const cut = proxy.loseReplyTo("wanted");
    expect(await backend.kv.get("wanted")).toBe("value");
    await cut;
    expect(proxy.count("wanted")).toBe(before + 2);
    await backend.close();
  });
});

describe("a subscription", () => {
  it("comes back with its server, and tells that messages may be missing", async () => {
    const backend = redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS });
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
  it.each(["after close()", "after close() while the server is away"])("ends by itself %s", async (when) => {
    const script = fileURLToPath(new URL("./processes/uses-and-closes.mjs", import.meta.url));
    const child = fork(script, [redis.url]);
    await once(child, "message");
    if (when.includes("away")) await redis.kill();
    child.send("close");
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(5_000) })) as [number];
    expect(code).toBe(0);
  });
});

describe("Sentinel", () => {
  it("leads to the new master after a failover", async () => {
    await using sentinel = await startSentinel();
    const backend = redisBackend({
      sentinel: { name: sentinel.masterName, sentinels: sentinel.sentinels.map(({ host, port }) => ({ host, port })) },
    });
    await backend.kv.set("key", "value", { ttlMs: 600_000 });
    await (await sentinel.master()).kill();
    await expect
      .poll(
        () =>
          backend.kv.set("key", "again", { ttlMs: 600_000 }).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000, interval: 100 },
      )
      .toBe(true);
    expect(await backend.kv.get("key")).toBe("again");
    await backend.close();
  });
});
