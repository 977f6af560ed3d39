import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeRest } from "../../adapter-upstash/test/support/describe-rest.ts";
import { vercelKvBackend } from "./index.ts";

// As Node resolves it: a bundler's interoperation reads the default export, which throws without its variables.
const { createClient } = createRequire(import.meta.url)("@vercel/kv") as typeof import("@vercel/kv");

let redis: RedisHandle;
let gateway: GatewayHandle;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
  // Vitest's own import of the client reads its default export too.
  process.env["KV_REST_API_URL"] = gateway.url;
  process.env["KV_REST_API_TOKEN"] = gateway.token;
});

afterAll(async () => {
  delete process.env["KV_REST_API_URL"];
  delete process.env["KV_REST_API_TOKEN"];
  await gateway.stop();
  await redis.stop();
});

describeRest([
  { name: "with a client of Holdfast's own", open: (options) => vercelKvBackend(options) },
  {
    name: "with the caller's client at its default settings",
    open: ({ url, token, commandTimeout = 1_000 }) =>
      vercelKvBackend({ client: createClient({ url, token }), commandTimeout }),
  },
]);

describe("Vercel KV", () => {
  it("imports its client with the first command: until then nothing of it has run", async () => {
    const script = `
      import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
      const backend = vercelKvBackend({ url: ${JSON.stringify(gateway.url)}, token: ${JSON.stringify(gateway.token)} });
      const before = process.env.UPSTASH_DISABLE_TELEMETRY;
      await backend.ping();
      console.log(JSON.stringify([before ?? null, process.env.UPSTASH_DISABLE_TELEMETRY ?? null]));
    `;
    const { UPSTASH_DISABLE_TELEMETRY: _first, KV_REST_API_URL: _second, ...env } = process.env;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
      env,
    });
    expect([stdout.trim(), stderr]).toEqual(['[null,"1"]', ""]);
  });

  it("names its two variables where they are missing, and refuses a foreign client", () => {
    delete process.env["KV_REST_API_URL"];
    delete process.env["KV_REST_API_TOKEN"];
    expect(() => vercelKvBackend({ env: {} })).toThrow(/KV_REST_API_URL[\s\S]*KV_REST_API_TOKEN/);
    expect(() => vercelKvBackend({ client: {} as never })).toThrow(/VercelKV from @vercel\/kv/);
    expect(() => vercelKvBackend({ url: "redis://127.0.0.1", token: "t" })).toThrow(
      /vercelKvBackend\(\) takes the REST URL/,
    );
  });
});
