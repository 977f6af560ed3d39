import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startGateway, startRedis } from "@holdfast/test-servers";
import { expect, test } from "vitest";

const execute = promisify(execFile);

// Set by `npm test` to the Node that started it; run alone, this test has only the pinned one.
const systemNode = process.env["HOLDFAST_SYSTEM_NODE"] ?? process.execPath;
const program = join(import.meta.dirname, "system-node", "round-trip.mjs");

test("the built packages work on the system's Node, whose process then ends by itself", async () => {
  const version = (await execute(systemNode, ["--version"])).stdout.trim();
  console.log(`built packages on Node ${version}`);
  await using redis = await startRedis();
  await using gateway = await startGateway({ redis });
  const environment = {
    ...process.env,
    // Nothing that the pinned Node needs may help the other.
    NODE_OPTIONS: "",
    REDIS_URL: redis.url,
    UPSTASH_REDIS_REST_URL: gateway.url,
    UPSTASH_REDIS_REST_TOKEN: gateway.token,
    KV_REST_API_URL: gateway.url,
    KV_REST_API_TOKEN: gateway.token,
  };
  // Rejects on another exit code than 0 and when the process has to be killed, with what it wrote.
  const { stdout } = await execute(systemNode, [program], { env: environment, timeout: 25_000, killSignal: "SIGKILL" });
  expect(stdout.trim().split("\n")).toEqual(["memory", "redis", "upstash", "vercel-kv", version]);
});
