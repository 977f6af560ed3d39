import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer as createSecureServer } from "node:tls";
import { inspect } from "node:util";
import { HoldfastError } from "@holdfast/core";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
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
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("a-value-that");
  await backend.close();
  return error as HoldfastError;
}

it("a client of another kind is refused", () => {
  expect(() => upstashBackend({ client: {} as never })).toThrow(/instance of Redis from @upstash\/redis/);
});

/** The URL of a server that gives every request the same answer. */
async function stub(status: number, body: string): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, [Symbol.asyncDispose]: () => closed(server) };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

describe("a wrong address or credential is a typed error with advice, and nothing is written", () => {
  it("nobody there", async () => {
    const server = createServer();
    const port = await listen(server);
    await closed(server);
    const error = await failureOf({ url: `http://127.0.0.1:${port}`, token: "t" });
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
  });

  it("https where the endpoint speaks http", async () => {
    const error = await failureOf({ url: gateway.url.replace("http:", "https:"), token: "t" });
    expect([error.code, error.message]).toEqual(["CONFIGURATION", expect.stringMatching(/TLS handshake failed/)]);
  });

  it("http where the endpoint speaks https", async () => {
    const server = createSecureServer();
    const error = await failureOf({ url: `http://127.0.0.1:${await listen(server)}`, token: "t" });
    server.close();
    expect(error).toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/Check .* that the URL is right/),
    });
  });

  it.each([
    ["a page", 200, "<html>hello</html>", "BACKEND_UNAVAILABLE", /not a Redis REST endpoint/],
    ["a page that says that nothing is there", 404, "<html>", "BACKEND_UNAVAILABLE", /not a Redis REST endpoint/],
    ["another API's error", 404, '{"message":"Not Found"}', "BACKEND_UNAVAILABLE", /not a Redis REST endpoint/],
    ["a proxy that fails", 502, "<html>Bad Gateway</html>", "BACKEND_UNAVAILABLE", /a proxy on the way failed/],
    ["an endpoint that is down", 503, '{"error":"Service Unavailable"}', "BACKEND_UNAVAILABLE", /service unavailable/i],
    ["another API's answer", 200, '{"ok":true}', "CONFIGURATION", /not a Redis REST endpoint/],
    ["an empty object", 200, "{}", "CONFIGURATION", /not a Redis REST endpoint/],
    ["null", 200, "null", "CONFIGURATION", /not a Redis REST endpoint/],
    ["a text", 200, '"OK"', "CONFIGURATION", /not a Redis REST endpoint/],
    ["an empty list", 200, "[]", "CONFIGURATION", /not a Redis REST endpoint/],
  ] as const)("an endpoint that answers with %s", async (_name, status, body, code, advice) => {
    await using endpoint = await stub(status, body);
    const error = await failureOf({ url: endpoint.url, token: "t" });
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(advice)]);
    // Not a miss either, one at a time or several at once.
    await using backend = upstashBackend({ url: endpoint.url, token: "t", retries: 0 });
    await expect(backend.kv.get("a")).rejects.toHaveProperty("code");
    const calls = await Promise.allSettled([backend.kv.get("a"), backend.kv.getMany(["a", "b"])]);
    expect(calls.map(({ status: outcome }) => outcome)).toEqual(["rejected", "rejected"]);
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
    ["a token that is no ASCII", { url: "https://example.upstash.io", token: "t\u2014n" }, /ASCII characters/],
    ["credentials", { url: "https://user:s3cr3t@example.upstash.io", token: "t" }, /without credentials, query/],
    ["a token in the URL", { url: "https://example.upstash.io?_token=s3cr3t", token: "t" }, /goes into `token`/],
    ["only one of the two", { url: "https://example.upstash.io" }, /together/],
    ["too many retries", { url: "https://e.io", token: "t", retries: 11 }, /0 to 10/],
  ] as const)("%s, at construction, which repeats none of it", (_name, options, message) => {
    let error: unknown;
    try {
      upstashBackend(options);
    } catch (reason) {
      error = reason;
    }
    expect(error).toHaveProperty("message", expect.stringMatching(message));
    expect(inspect(error)).not.toContain("s3cr3t");
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
    [429, "ERR max requests limit exceeded. Limit: 500000, Usage: 500000."],
    [400, "ERR max daily request limit exceeded. Limit: 10000, Usage: 10001."],
    [400, "ERR max request size exceeded. Limit: 10485760 bytes, Actual: 20000000 bytes."],
    [400, "ERR max single record size exceeded. Limit: 104857600 bytes"],
    [400, "ERR max concurrent connections exceeded"],
    [400, "ERR DB capacity quota exceeded"],
  ])("%i %s is a QuotaExceededError, for one command and for each of several", async (status, text) => {
    await using alone = await stub(status, JSON.stringify({ error: text }));
    expect((await failureOf({ url: alone.url, token: "t" })).code).toBe("QUOTA_EXCEEDED");
    await using together = await stub(200, JSON.stringify([{ error: text }, { result: "x" }]));
    await using backend = upstashBackend({ url: together.url, token: "t" });
    expect(await Promise.allSettled([backend.kv.get("a"), backend.kv.get("b")])).toMatchObject([
      { reason: { code: "QUOTA_EXCEEDED" } },
      { value: "x" },
    ]);
  });
});
