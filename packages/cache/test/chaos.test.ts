import { redisBackend } from "@holdfast/adapter-redis";
import { startCluster, startRedis, startSentinel } from "@holdfast/test-servers";
import { describe, expect, it } from "vitest";
import { type Cache, createCache } from "../src/index.ts";
import { sleep } from "./set-up.ts";

/** How long each disaster lasts, in milliseconds; `HOLDFAST_TEST_CHAOS_MS=30000` for a thorough run. */
const CHAOS_MS = Number(process.env["HOLDFAST_TEST_CHAOS_MS"] ?? 3_000);
const CALLERS = 64;
const KEYS = 8;
const TIMEOUT_MS = 500;
/** A factory's time, and room for a lease that has to end by itself. */
const LONGEST_CALL_MS = 4_000;

type Backend = ReturnType<typeof redisBackend>;

interface Disaster {
  readonly open: () => Backend;
  /** Hurts the server once, and lets it come back. */
  readonly strike: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const DISASTERS: Readonly<Record<string, () => Promise<Disaster>>> = {
  async "a server that freezes"() {
    const redis = await startRedis({ own: true });
    return {
      open: () => redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS }),
      async strike() {
        await redis.pause();
        await sleep(700);
        await redis.resume();
      },
      stop: () => redis.stop(),
    };
  },
  async "a server that is killed and keeps its data"() {
    const redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
    return {
      open: () => redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS }),
      async strike() {
        await redis.kill();
        await sleep(300);
        await redis.restart();
      },
      stop: () => redis.stop(),
    };
  },
  async "a server that comes back empty"() {
    const redis = await startRedis({ own: true });
    return {
      open: () => redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS }),
      async strike() {
        await redis.kill();
        await redis.restart();
      },
      stop: () => redis.stop(),
    };
  },
  async "a failover by Sentinel"() {
    const sentinel = await startSentinel();
    const servers = {
      name: sentinel.masterName,
      sentinels: sentinel.sentinels.map(({ host, port }) => ({ host, port })),
    };
    return {
      open: () => redisBackend({ sentinel: servers, commandTimeout: TIMEOUT_MS }),
      async strike() {
        const master = await sentinel.master();
        await master.kill();
        // Not sooner: two masters at once take writes of which one side's are lost, whatever a client does.
        while ((await sentinel.masters()).some(({ port }) => port === master.port)) await sleep(50);
        await master.restart();
        await sentinel.waitUntilReady();
      },
      stop: () => sentinel.stop(),
    };
  },
  async "a failover of a cluster"() {
    const cluster = await startCluster();
    let next = 0;
    return {
      open: () =>
        redisBackend({
          cluster: { nodes: cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port })) },
          commandTimeout: TIMEOUT_MS,
        }),
      async strike() {
        const node = cluster.nodes[next % 3]!;
        next += 1;
        await node.kill();
        await sleep(4_500);
        await node.restart();
        await sleep(500);
      },
      stop: () => cluster.stop(),
    };
  },
};

describe.each(Object.entries(DISASTERS))("64 callers and %s", (_name, prepare) => {
  it("never get a value from before an invalidation that was complete, never wait for ever, and see no error", async () => {
    const disaster = await prepare();
    const backends = [disaster.open(), disaster.open()];
    const caches = backends.map((backend) =>
      createCache<number>({
        backend,
        namespace: "chaos",
        ttl: "1h",
        leaseTtl: "1s",
        memory: {},
        breaker: { openMs: 100 },
      }),
    );
    const result = await live(caches, () => disaster.strike());
    // After recovery all agree, with the source and with each other.
    await sleep(300);
    for (let key = 0; key < KEYS; key += 1) {
      await caches[0]!.delete(`key ${key}`);
      result.sources[key]! += 1;
    }
    await sleep(300);
    for (const cache of caches) {
      for (let key = 0; key < KEYS; key += 1) {
        expect(await cache.getOrSet(`key ${key}`, () => result.sources[key]!)).toBe(result.sources[key]);
      }
    }
    await Promise.all(backends.map((backend) => backend.close()));
    await disaster.stop();
    expect(result.wrong).toEqual([]);
    expect(result.errors).toEqual([]);
    expect(result.slowestMs).toBeLessThan(LONGEST_CALL_MS);
    expect(result.calls).toBeGreaterThan(1_000);
  }, 120_000);
});

/** Callers read and one writer changes and invalidates while the disaster strikes again and again. */
async function live(caches: readonly Cache<number>[], strike: () => Promise<void>) {
  const state = { running: true };
  const sources = Array.from({ length: KEYS }, () => 0);
  // What a caller of each process must at least see: in the process that invalidated it counts at once, elsewhere
  // once the store has it and the message has had time to arrive.
  const mustSee = caches.map(() => Array.from({ length: KEYS }, () => 0));
  const wrong: string[] = [];
  const errors: string[] = [];
  let calls = 0;
  let slowestMs = 0;

  const caller = async (number: number) => {
    const process = number % caches.length;
    for (let round = number; state.running; round += 1) {
      const key = round % KEYS;
      const least = mustSee[process]![key]!;
      const startedAt = performance.now();
      try {
        const value = await caches[process]!.getOrSet(
          `key ${key}`,
          async () => {
            const read = sources[key]!;
            await sleep(1 + Math.random() * 10);
            return read;
          },
          { tags: [`tag ${key}`] },
        );
        if (value < least) wrong.push(`process ${process} got ${value} of key ${key} after ${least}`);
      } catch (error) {
        errors.push(String(error));
      }
      calls += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      await sleep(1);
    }
  };
  const writer = async (process: number) => {
    while (state.running) {
      const key = Math.floor(Math.random() * KEYS);
      sources[key]! += 1;
      const written = sources[key]!;
      const { pending } = await (Math.random() < 0.5
        ? caches[process]!.delete(`key ${key}`)
        : caches[process]!.invalidateTags(`tag ${key}`));
      mustSee[process]![key] = Math.max(mustSee[process]![key]!, written);
      if (!pending) {
        setTimeout(() => {
          for (const least of mustSee) least[key] = Math.max(least[key]!, written);
        }, MESSAGE_MS);
      }
      await sleep(5);
    }
  };
  const work = [...Array.from({ length: CALLERS }, (_, number) => caller(number)), writer(0)];
  const endsAt = performance.now() + CHAOS_MS;
  await sleep(300);
  do {
    await strike();
    await sleep(400);
  } while (performance.now() < endsAt);
  state.running = false;
  await Promise.all(work);
  return { sources, wrong: wrong.slice(0, 5), errors: errors.slice(0, 5), calls, slowestMs };
}

/** The memory tier hears of it over the bus: milliseconds, and more on a machine that is busy. */
const MESSAGE_MS = 300;
