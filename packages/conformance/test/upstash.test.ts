import { upstashBackend } from "@holdfast/adapter-upstash";
import { describeBackend } from "@holdfast/conformance";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeModel } from "./model/describe-model.ts";

let redis: RedisHandle;
let gateway: GatewayHandle;
beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

const open = async () => upstashBackend({ url: gateway.url, token: gateway.token, commandTimeout: "10s" });

describeBackend(
  "upstash",
  {
    open,
    skip: [{ test: "bus", reason: "one HTTP request at a time cannot wait for messages" }],
  },
  { describe, it, expect },
);

describeModel("upstash", open, 20);
