import { redisBackend } from "@holdfast/adapter-redis";
import { describeBackend } from "@holdfast/conformance";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let redis: RedisHandle;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describeBackend(
  "redis",
  { open: async () => redisBackend({ url: redis.url, commandTimeout: "10s" }) },
  { describe, it, expect },
);
