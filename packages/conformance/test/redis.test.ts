import { redisBackend } from "@holdfast/adapter-redis";
import { describeBackend } from "@holdfast/conformance";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeModel } from "./model/describe-model.ts";

let redis: RedisHandle;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const open = async () => redisBackend({ url: redis.url, commandTimeout: "10s" });

describeBackend("redis", { open }, { describe, it, expect });

describeModel("redis", open, 60);
