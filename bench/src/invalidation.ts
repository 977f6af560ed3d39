import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { startRedis } from "@holdfast/test-servers";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisBusDriver, redisDriver } from "bentocache/drivers/redis";
import { Redis } from "ioredis";
import { median, percentile } from "./measure.ts";
import type { Row, Section } from "./report.ts";
import { immediate, sleep } from "./sleep.ts";

const ROUNDS = 500;
/** Longer than a message of a write takes, so that the reader's memory is settled before the clock starts. */
const SETTLE_MS = 2;
/** A message that takes longer is lost: then asking shows when the reader forgets by itself. */
const LOST_MS = 1_000;
const TTL_MS = 3_600_000;

/** Two caches with memory in front of one server, as two processes have them. */
interface Pair {
  readonly set: (value: number) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
  /** What the other one serves. */
  readonly read: () => Promise<unknown>;
  /** Resolves when the other one says that a message has come. */
  readonly heard: () => Promise<void>;
  readonly close: () => Promise<unknown>;
}

export const invalidationSection: Section = {
  name: "invalidation",
  async run() {
    await using redis = await startRedis();
    return [
      ...(await rowsFor("", holdfastPair(redis.url), true)),
      ...(await rowsFor(": bentocache", bentoPair(redis.url), false)),
    ];
  },
};

async function rowsFor(suffix: string, pair: Pair, isOurs: boolean): Promise<Row[]> {
  const delays = await measureDelays(pair);
  await pair.close();
  const row = (what: string, ms: number, limitMs: number): Row => ({
    what: `${what}${suffix}`,
    figure: `${ms.toFixed(2)} ms`,
    target: isOurs ? `≤ ${limitMs} ms` : "",
    holds: isOurs ? ms <= limitMs : undefined,
  });
  return [
    row("an invalidation reaches another cache, median", median(delays), 0.5),
    row("the same, 99th percentile", percentile(delays, 0.99), 5),
  ];
}

/** From before the call of `remove` until before the first read that is no longer served the value. */
async function measureDelays({ set, remove, read, heard }: Pair): Promise<number[]> {
  const delays: number[] = [];
  await set(-1);
  await read();
  // Subscriptions take a moment.
  await sleep(200);
  for (let round = 0; round < ROUNDS; round += 1) {
    await set(round);
    await sleep(SETTLE_MS);
    if ((await read()) !== round || (await read()) !== round) throw new Error("The reader does not see the write.");
    const arrived = heard();
    const startedAt = performance.now();
    const done = remove();
    // Asking without a pause would take the core that the server needs.
    await Promise.race([arrived, sleep(LOST_MS)]);
    let endedAt = performance.now();
    while ((await read()) !== undefined) {
      await immediate();
      endedAt = performance.now();
    }
    delays.push(endedAt - startedAt);
    await done;
  }
  return delays;
}

function holdfastPair(url: string): Pair {
  const backends = [redisBackend(url), redisBackend(url)] as const;
  const options = { namespace: "bench", ttl: TTL_MS, memory: {} };
  const bell = createBell();
  const writer = createCache<number>({ ...options, backend: backends[0] });
  const reader = createCache<number>({
    ...options,
    backend: backends[1],
    events: ({ type }) => {
      if (type === "invalidated") bell.ring();
    },
  });
  return {
    set: (value) => writer.set("key", value),
    remove: () => writer.delete("key"),
    read: () => reader.get("key"),
    heard: bell.wait,
    close: () => Promise.all(backends.map((backend) => backend.close())),
  };
}

function bentoPair(url: string): Pair {
  const open = () => {
    const connection = new Redis(url);
    const { host, port } = connection.options;
    const bus = redisBusDriver({ connection: { host: host!, port: port! } });
    const tiers = bentostore().useL1Layer(memoryDriver({})).useL2Layer(redisDriver({ connection })).useBus(bus);
    return new BentoCache({ default: "tiers", stores: { tiers } });
  };
  const bell = createBell();
  const [writer, reader] = [open(), open()];
  reader.on("bus:message:received", bell.ring);
  return {
    set: (value) => writer.set({ key: "key", value, ttl: TTL_MS }),
    remove: () => writer.delete({ key: "key" }),
    read: () => reader.get({ key: "key" }),
    heard: bell.wait,
    close: () => Promise.all([writer.disconnectAll(), reader.disconnectAll()]),
  };
}

/** Wakes who waits. */
function createBell(): { readonly ring: () => void; readonly wait: () => Promise<void> } {
  let wake: (() => void) | undefined;
  return {
    ring: () => wake?.(),
    wait: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
}
