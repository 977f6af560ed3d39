import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import type { CacheStore } from "@holdfast/core";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withBlindJoining, withLateVersions, withoutLeaseCheck } from "./interleaving/broken-stores.ts";
import { play, type Scenario } from "./interleaving/play.ts";
import { explore, sample } from "./interleaving/scheduler.ts";

const INVALIDATIONS: Readonly<Record<string, Scenario["invalidate"]>> = {
  "of the key": (cache) => cache.delete("key"),
  "of its tag": (cache) => cache.invalidateTags("tag"),
  "of everything": (cache) => cache.clear(),
};
const CALLERS: Readonly<Record<string, readonly number[]>> = {
  "two callers of one process": [0, 0],
  "two callers of two processes": [0, 1],
};
const SEED = Number(process.env["HOLDFAST_TEST_SEED"] ?? Date.now() % 1_000_000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  // Renewals, which no schedule is long enough to need.
  vi.stubGlobal("setInterval", () => 0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("every order of two callers and an invalidation, in memory", () => {
  for (const [who, callers] of Object.entries(CALLERS)) {
    it(`${who}: one computation where nothing is invalidated`, async () => {
      const store = memoryBackend().cache;
      const { schedules, complete } = await explore(
        (choices) => play(store, { callers, invalidate: undefined }, choices),
        50_000,
      );
      expect(complete).toBe(true);
      expect(schedules).toBeGreaterThan(20);
    });

    for (const [what, invalidate] of Object.entries(INVALIDATIONS)) {
      it(`${who}: an invalidation ${what} holds`, async () => {
        const store = memoryBackend().cache;
        const { schedules, complete } = await explore(
          (choices) => play(store, { callers, invalidate }, choices),
          500_000,
        );
        expect(complete).toBe(true);
        expect(schedules).toBeGreaterThan(1_000);
      });

      it(`${who}: an invalidation ${what} holds, in orders chosen at random (seed ${SEED})`, async () => {
        const store = memoryBackend().cache;
        await sample((choices) => play(store, { callers: [...callers, 1], invalidate }, choices), 1_500, SEED);
      });
    }
  }
});

describe("the same exploration finds the mistake in a store", () => {
  const scenario = (invalidate: Scenario["invalidate"]): Scenario => ({ callers: [0, 1], invalidate });
  const BROKEN: readonly (readonly [string, (store: CacheStore) => CacheStore, Scenario])[] = [
    ["that fills without the lease", withoutLeaseCheck, scenario(INVALIDATIONS["of the key"])],
    ["that stamps fills with the versions of the moment", withLateVersions, scenario(INVALIDATIONS["of its tag"])],
    [
      "that lets callers join what was voided",
      withBlindJoining,
      { callers: [0, 0], invalidate: INVALIDATIONS["of its tag"] },
    ],
  ];

  it.each(BROKEN)("%s", async (_name, breakStore, broken) => {
    await expect(
      explore((choices) => play(breakStore(memoryBackend().cache), broken, choices), 500_000),
    ).rejects.toThrow(/got 0 after 1 was invalidated|0 stayed after 1/);
  });
});

describe("orders chosen at random, on Redis", () => {
  let redis: RedisHandle;
  let backend: ReturnType<typeof redisBackend>;

  beforeAll(async () => {
    redis = await startRedis();
    backend = redisBackend({ url: redis.url, commandTimeout: "10s" });
    await backend.ping();
  });

  afterAll(async () => {
    await backend.close();
    await redis.stop();
  });

  for (const [what, invalidate] of Object.entries(INVALIDATIONS)) {
    it(`an invalidation ${what} holds (seed ${SEED})`, async () => {
      await sample((choices) => play(backend.cache, { callers: [0, 0, 1], invalidate }, choices), 150, SEED);
    });
  }

  it(`the exploration finds a store that fills without the lease (seed ${SEED})`, async () => {
    const broken: Scenario = { callers: [0, 1], invalidate: INVALIDATIONS["of the key"] };
    await expect(
      sample((choices) => play(withoutLeaseCheck(backend.cache), broken, choices), 500, SEED),
    ).rejects.toThrow(/got 0 after 1 was invalidated|0 stayed after 1/);
  });
});
