import { type RedisHandle, startCluster, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { expectRecovery, expectSound, startLoad } from "./support/load.ts";
import { expectNoUnhandledRejections } from "./support/unhandled.ts";

const TIMEOUT_MS = 500;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

expectNoUnhandledRejections();

describe("one server, under the load of 64 callers", () => {
  let redis: RedisHandle;
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
  });
  afterAll(() => redis.stop());

  it.each([
    ["killed", () => redis.kill(), () => redis.restart()],
    ["frozen", () => redis.pause(), () => redis.resume()],
  ])(
    "that is %s fails calls within their timeout, and serves again within 2 s of its return",
    async (_name, fail, recover) => {
      await using backend = redisBackend({ url: redis.url, commandTimeout: TIMEOUT_MS });
      await expectRecovery(backend, { fail, recover, timeoutMs: TIMEOUT_MS });
    },
  );
});

describe("a cluster, under the load of 64 callers", () => {
  it("that loses a master: its slots are served by the replica, the other slots throughout", async () => {
    await using cluster = await startCluster({ nodeTimeoutMs: 1_000 });
    await using backend = redisBackend({ cluster: { nodes: cluster.nodes }, commandTimeout: TIMEOUT_MS });
    const keys = Array.from({ length: 30 }, (_, index) => `spread ${index}`);
    await backend.kv.setMany(
      keys.map((key) => ({ key, value: key })),
      600_000,
    );
    const load = startLoad(backend);
    await sleep(300);
    await cluster.nodes[0]!.kill();
    const early = await Promise.allSettled(keys.map((key) => backend.kv.get(key)));
    expect(early.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(10);
    await expect.poll(() => backend.kv.getMany(keys).catch(() => []), { timeout: 15_000, interval: 100 }).toEqual(keys);
    await load.stop();
    await expectSound(load, backend, TIMEOUT_MS);
  });
});
