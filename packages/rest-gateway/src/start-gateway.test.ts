import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRedis } from "@holdfast/test-servers";
import { describe, expect, test } from "vitest";
import { countConnections, startTestGateway, until } from "../test/harness.ts";
import { GatewayError, type GatewayOptions, startGateway } from "./index.ts";

describe("startGateway", () => {
  test.each<[string, Partial<GatewayOptions>, RegExp]>([
    ["redis", { redis: "http://127.0.0.1:6379" }, /redis: must be a redis:\/\/ or rediss:\/\/ URL/],
    ["redis", { redis: "" }, /redis: /],
    ["port", { port: 70_000 }, /port: /],
    ["port", { port: 1.5 }, /port: /],
    ["token", { token: "" }, /token: must be at least one character/],
    ["token", { token: "with space" }, /token: /],
    ["readOnlyToken", { token: "same", readOnlyToken: "same" }, /readOnlyToken: must differ from token/],
    ["maxBodyBytes", { maxBodyBytes: 0 }, /maxBodyBytes: /],
    ["replyTimeoutMs", { replyTimeoutMs: Number.NaN }, /replyTimeoutMs: /],
    ["connectWaitMs", { connectWaitMs: -1 }, /connectWaitMs: /],
  ])("refuses a wrong %s: %j", async (_name, options, message) => {
    const attempt = startGateway({ redis: "redis://127.0.0.1:1", ...options });
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: "INVALID_OPTIONS", message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("with space");
  });

  test("says so when there is no Redis server", async () => {
    const attempt = startGateway({ redis: "redis://user:secret@127.0.0.1:1" });
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "REDIS_UNREACHABLE", message: expect.stringContaining("ECONNREFUSED") });
    expect(String(error)).not.toContain("secret");
  });

  test("says so when something else answers, or nothing does", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const silent = createServer(() => {});
    const port = (server: typeof other): Promise<number> =>
      new Promise((resolve) =>
        server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
      );
    try {
      for (const server of [other, silent]) {
        const attempt = startGateway({ redis: `redis://127.0.0.1:${await port(server)}`, replyTimeoutMs: 200 });
        await expect(attempt).rejects.toMatchObject({ code: "REDIS_UNREACHABLE" });
      }
    } finally {
      other.close();
      silent.close();
    }
  });

  test("says so when the password is wrong, and works with the right one", async () => {
    await using redis = await startRedis({ password: "p@ss word" });
    const wrong = startGateway({ redis: `redis://:wrong@127.0.0.1:${redis.port}` });
    await expect(wrong).rejects.toMatchObject({
      code: "REDIS_UNREACHABLE",
      message: expect.stringContaining("WRONGPASS"),
    });
    const none = startGateway({ redis: `redis://127.0.0.1:${redis.port}` });
    await expect(none).rejects.toMatchObject({ code: "REDIS_UNREACHABLE", message: expect.stringContaining("NOAUTH") });
    await using gateway = await startGateway({ redis: redis.url });
    const response = await fetch(`${gateway.url}/set/k/v?_token=${gateway.token}`);
    expect(await response.json()).toEqual({ result: "OK" });
  });

  test("says so when the port is taken, and leaves no connection", async () => {
    await using setup = await startTestGateway({}, { own: true });
    const attempt = startGateway({ redis: setup.redis.url, port: setup.gateway.port });
    await expect(attempt).rejects.toMatchObject({ code: "PORT_UNAVAILABLE" });
    await until(async () => (await countConnections(setup.direct)) === 1);
  });

  test("uses the database that the URL names, on reconnection too", async () => {
    await using setup = await startTestGateway({}, { own: true });
    await using gateway = await startGateway({ redis: `${setup.redis.url}/3`, token: "t" });
    expect((await fetch(`${gateway.url}/set/k/v?_token=t`)).status).toBe(200);
    expect(await setup.direct.exists("k")).toBe(0);
    await setup.direct.call("CLIENT", "KILL", "TYPE", "normal");
    await until(async () => (await fetch(`${gateway.url}/get/k?_token=t`)).ok);
    expect(await (await fetch(`${gateway.url}/get/k?_token=t`)).json()).toEqual({ result: "v" });
  });
});

describe("close", () => {
  test("ends streams and connections, and may be called again", async () => {
    await using setup = await startTestGateway({}, { own: true });
    const stream = await setup.request("/subscribe/a");
    const reading = stream.text().catch(() => "cut");
    await setup.gateway.close();
    await setup.gateway.close();
    await reading;
    await expect(setup.request("/ping")).rejects.toThrow("fetch failed");
    await until(async () => (await countConnections(setup.direct)) === 0);
    expect(await setup.direct.ping()).toBe("PONG");
  });

  test("leaves nothing that keeps the process alive", async () => {
    await using redis = await startRedis();
    const child = fileURLToPath(new URL("../test/close-child.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [child, redis.url], { timeout: 20_000 });
    expect(stdout).toBe("closed\n");
  });
});
