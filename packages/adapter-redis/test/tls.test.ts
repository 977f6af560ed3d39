import { connect } from "node:net";
import { createServer, type Server } from "node:tls";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { failureOf, listen } from "./support/failure-of.ts";
import { makeSelfSigned } from "./support/self-signed.ts";

const { key, cert } = makeSelfSigned();

let redis: RedisHandle;
let terminator: Server;
let port: number;

beforeAll(async () => {
  redis = await startRedis();
  terminator = createServer({ key, cert }, (secure) => {
    const upstream = connect(redis.port, "127.0.0.1");
    for (const socket of [secure, upstream]) socket.on("error", () => {});
    secure.pipe(upstream).pipe(secure);
  });
  port = await listen(terminator);
});
afterAll(async () => {
  terminator.close();
  await redis.stop();
});

describe("Redis behind TLS", () => {
  it("is used, by calls and by the bus, where its authority is trusted", async () => {
    const backend = redisBackend({ url: `rediss://127.0.0.1:${port}`, tls: { ca: cert } });
    const heard: string[] = [];
    await backend.bus.subscribe("channel", { onMessage: (message) => heard.push(message) });
    await backend.kv.set("key", "value", { ttlMs: 60_000 });
    await backend.bus.publish("channel", "hello");
    expect(await backend.kv.get("key")).toBe("value");
    await expect.poll(() => heard).toEqual(["hello"]);
    await backend.close();
  });

  it.each([
    ["whose authority is not trusted", () => ({ url: `rediss://127.0.0.1:${port}` }), /certificate was not accepted/],
    [
      "whose certificate names another host",
      () => ({ url: `rediss://localhost:${port}`, tls: { ca: cert } }),
      /certificate was not accepted.*host's name/,
    ],
  ])("%s is refused, with advice", async (_name, options, advice) => {
    const error = await failureOf(options());
    expect(error.code).toBe("CONFIGURATION");
    expect(error.message).toMatch(advice);
  });

  it("spoken to without TLS is a typed error with advice", async () => {
    const error = await failureOf(`redis://127.0.0.1:${port}`);
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(error.message).toMatch(/it may expect TLS \(rediss:\/\/\)/);
  });
});

describe("Redis without TLS", () => {
  it("spoken to in TLS is a typed error with advice, at the first call and after", async () => {
    const backend = redisBackend({ url: `rediss://127.0.0.1:${redis.port}`, commandTimeout: 250 });
    for (let call = 0; call < 3; call += 1) {
      await expect(backend.kv.get("key")).rejects.toMatchObject({
        code: "BACKEND_UNAVAILABLE",
        outcome: "not-applied",
        message: expect.stringMatching(/no TLS handshake.*use redis:\/\//),
      });
    }
    await backend.close();
  });
});
