import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectRecovery } from "../../adapter-redis/test/support/load.ts";
import { expectNoUnhandledRejections } from "../../adapter-redis/test/support/unhandled.ts";
import { upstashBackend } from "../src/index.ts";

const TIMEOUT_MS = 500;

let redis: RedisHandle;
let gateway: GatewayHandle;
beforeAll(async () => {
  redis = await startRedis({ appendonly: true, config: { appendfsync: "always" } });
  gateway = await startGateway({ redis });
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

expectNoUnhandledRejections();

describe("over HTTP, under the load of 64 callers", () => {
  it.each([
    ["killed", () => redis.kill(), () => redis.restart()],
    ["frozen", () => redis.pause(), () => redis.resume()],
  ])(
    "a gateway whose Redis is %s fails calls within their timeout, and serves again within 2 s of its return",
    async (_name, fail, recover) => {
      await using backend = upstashBackend({ url: gateway.url, token: gateway.token, commandTimeout: TIMEOUT_MS });
      await expectRecovery(backend, { fail, recover, timeoutMs: TIMEOUT_MS });
    },
  );
});

describe("the process", () => {
  it("ends by itself, within a second, after close()", async () => {
    const script = fileURLToPath(new URL("./processes/uses-and-closes.mjs", import.meta.url));
    const child = fork(script, [gateway.url, gateway.token]);
    expect(await once(child, "message")).toEqual(["closed", undefined]);
    const closedAt = performance.now();
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(5_000) })) as [number];
    expect(code).toBe(0);
    expect(performance.now() - closedAt).toBeLessThan(1_000);
  });
});
