import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { HoldfastError } from "@holdfast/core";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type UpstashBackendOptions, upstashBackend } from "./index.ts";

const VALUE = "a-value-that-must-not-leak";

let redis: RedisHandle;
let gateway: GatewayHandle;

beforeAll(async () => {
  redis = await startRedis({ own: true });
  gateway = await startGateway({ redis });
});

afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

const credentials = () => ({ url: gateway.url, token: gateway.token });

async function failureOf(options: UpstashBackendOptions): Promise<HoldfastError> {
  const backend = upstashBackend({ commandTimeout: "2s", ...options });
  const error: unknown = await backend.kv.set("key", VALUE, { ttlMs: 60_000 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HoldfastError);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/a-value-that|wrong-token/);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(gateway.readOnlyToken);
  await backend.close();
  return error as HoldfastError;
}

describe("one tick", () => {
  it("of a hundred reads is one request", async () => {
    const backend = upstashBackend(credentials());
    await Promise.all(Array.from({ length: 100 }, (_, index) => backend.kv.get(`key ${index}`)));
    expect(backend.stats()).toEqual({ commands: 100, roundTrips: 1, errors: 0 });
  });

  it("of more than a request may hold is several", async () => {
    const backend = upstashBackend({ ...credentials(), commandTimeout: "20s" });
    const megabyte = "x".repeat(1_000_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => backend.kv.set(`large ${index}`, megabyte, { ttlMs: 60_000 })),
    );
    expect(backend.stats()).toMatchObject({ commands: 20, errors: 0 });
    expect(backend.stats().roundTrips).toBeGreaterThan(1);
  });
});

describe("an existing client", () => {
  it("with its default settings is as safe as one made here, and stays as it is", async () => {
    const client = new Redis(credentials());
    const backend = upstashBackend({ client });
    await backend.kv.set("digits", "000123", { ttlMs: 60_000 });
    await backend.kv.set("large", "9007199254740993", { ttlMs: 60_000 });
    await backend.kv.hashSet("hash", [["a", "1"]], 60_000);
    const reads = [backend.kv.get("digits"), backend.kv.get("large"), backend.kv.hashGetAll("hash")];
    expect(await Promise.all(reads)).toEqual(["000123", "9007199254740993", [["a", "1"]]]);
    expect(backend.stats().roundTrips).toBe(4);
    expect(await client.get("large")).toBe("9007199254740993");
    await client.set("number", 5);
    expect(await client.get("number")).toBe(5);
  });

  it("of another kind is refused", () => {
    expect(() => upstashBackend({ client: {} as never })).toThrow(/instance of Redis from @upstash\/redis/);
  });
});

describe("a wrong address or credential is a typed error with advice, and nothing is written", () => {
  it("the wrong token", async () => {
    const error = await failureOf({ url: gateway.url, token: "wrong-token" });
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/refused the credentials.*token/),
    ]);
  });

  it("the read-only token", async () => {
    const error = await failureOf({ url: gateway.url, token: gateway.readOnlyToken });
    expect([error.code, error.message]).toEqual(["CONFIGURATION", expect.stringMatching(/read-only.*full-access/)]);
  });

  it("nobody there", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const error = await failureOf({ url: `http://127.0.0.1:${port}`, token: "t" });
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
  });

  it("https where the endpoint speaks http", async () => {
    const error = await failureOf({ url: gateway.url.replace("http:", "https:"), token: "t" });
    expect([error.code, error.message]).toEqual(["CONFIGURATION", expect.stringMatching(/TLS handshake failed/)]);
  });

  it("a site that is no such endpoint", async () => {
    const server = createServer((_request, response) => response.end("<html>hello</html>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const error = await failureOf({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "t" });
    server.close();
    expect([error.code, error.message]).toEqual([
      "BACKEND_UNAVAILABLE",
      expect.stringMatching(/not a Redis REST endpoint/),
    ]);
  });

  it("an endpoint whose Redis is gone, until it is back", async () => {
    const backend = upstashBackend({ ...credentials(), commandTimeout: "3s" });
    await redis.kill();
    await expect(backend.kv.get("key")).rejects.toMatchObject({
      code: expect.stringMatching(/BACKEND_(UNAVAILABLE|TIMEOUT)/),
    });
    await redis.restart();
    await expect
      .poll(
        () =>
          backend.kv.get("key").then(
            () => true,
            () => false,
          ),
        { timeout: 5_000 },
      )
      .toBe(true);
  });

  it.each([
    ["a redis:// URL", { url: "redis://127.0.0.1", token: "t" }, /takes the REST URL.*redisBackend/],
    ["white space", { url: "https://example.upstash.io ", token: "t" }, /without white space/],
    ["quotes", { url: "https://example.upstash.io", token: '"t"' }, /bare token/],
    ["only one of the two", { url: "https://example.upstash.io" }, /together/],
    ["too many retries", { url: "https://e.io", token: "t", retries: 11 }, /0 to 10/],
  ] as const)("%s, at construction", (_name, options, message) => {
    expect(() => upstashBackend(options)).toThrow(message);
  });

  it("half a pair of variables is not completed from the other pair", () => {
    const env = {
      UPSTASH_REDIS_REST_URL: "https://a.upstash.io",
      KV_REST_API_URL: "https://b.upstash.io",
      KV_REST_API_TOKEN: "t",
    };
    expect(() => upstashBackend({ env })).toThrow(/UPSTASH_REDIS_REST_TOKEN/);
  });
});

describe("a provider's limit, answered by a stand-in since the provider cannot be reached from tests", () => {
  it.each([
    [429, { error: "ERR max requests limit exceeded. Limit: 500000, Usage: 500000." }],
    [400, { error: "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 20000000 bytes." }],
  ])("%i is a QuotaExceededError", async (status, body) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const error = await failureOf({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "t" });
    server.close();
    expect(error.code).toBe("QUOTA_EXCEEDED");
  });
});
