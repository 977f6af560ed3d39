import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
import { describeBackend } from "@holdfast/conformance";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

describeBackend(
  "vercel-kv",
  {
    open: async () => vercelKvBackend({ url: gateway.url, token: gateway.token, commandTimeout: "10s" }),
    skip: [{ test: "bus", reason: "one HTTP request at a time cannot wait for messages" }],
  },
  { describe, it, expect },
);
