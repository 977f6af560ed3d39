import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
import { describeBackend } from "@holdfast/conformance";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { describeModel } from "./model/describe-model.ts";

let redis: RedisHandle;
let gateway: GatewayHandle;
beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
  // Not as options: Vitest looks into default exports, and that of @vercel/kv throws without its variables.
  vi.stubEnv("KV_REST_API_URL", gateway.url);
  vi.stubEnv("KV_REST_API_TOKEN", gateway.token);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await gateway.stop();
  await redis.stop();
});

const open = async () => vercelKvBackend({ commandTimeout: "10s" });

describeBackend(
  "vercel-kv",
  {
    open,
    skip: [{ test: "bus", reason: "one HTTP request at a time cannot wait for messages" }],
  },
  { describe, it, expect },
);

describeModel("vercel-kv", open, 20);
