import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { inspect } from "node:util";
import type { HoldfastError } from "@holdfast/core";
import { type RedisHandle, startCluster, startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { failureOf, listen, SECRET } from "./support/failure-of.ts";

let open: RedisHandle;
let locked: RedisHandle;

beforeAll(async () => {
  [open, locked] = await Promise.all([startRedis(), startRedis({ password: SECRET })]);
});

afterAll(async () => {
  await Promise.all([open.stop(), locked.stop()]);
});

describe("a wrong address or credential is a typed error with advice, and nothing is written", () => {
  it("the wrong password", async () => {
    const url = `redis://:wrong@127.0.0.1:${locked.port}`;
    const error = await failureOf(url);
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/refused the credentials.*password/),
    ]);
  });

  it("no password where one is needed", async () => {
    expect(await failureOf(`redis://127.0.0.1:${locked.port}`)).toHaveProperty("code", "CONFIGURATION");
  });

  it("a user who may only read", async () => {
    const admin = new Redis(open.url);
    await admin.call("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+@connection", "+info", "+ping");
    admin.disconnect();
    const error = await failureOf(`redis://reader:pw@127.0.0.1:${open.port}`);
    expect([error.code, error.message]).toEqual(["CONFIGURATION", expect.stringMatching(/read-only or restricted/)]);
  });

  it("nobody there", async () => {
    const error = await failureOf("redis://127.0.0.1:1");
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(error.message).toMatch(/ECONNREFUSED.*Check that it runs/);
  });

  it("a name that nobody knows", async () => {
    expect(await failureOf("redis://no-such-host.invalid:6379")).toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      outcome: "not-applied",
    });
  });

  it("a server that speaks HTTP", async () => {
    const server = createHttpServer((_request, response) => response.end("hello"));
    const error = await failureOf(`redis://127.0.0.1:${await listen(server)}`);
    server.close();
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/does not speak the Redis protocol/),
    ]);
  });

  it("a server that hangs up at once", async () => {
    const server = createServer((socket) => socket.destroy());
    const error = await failureOf(`redis://127.0.0.1:${await listen(server)}`);
    server.close();
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(error.message).toMatch(/rediss:\/\/|ECONNRESET/);
  });

  it("a server that never answers", async () => {
    const sockets: { destroy(): void }[] = [];
    const server = createServer((socket) => sockets.push(socket));
    const error = await failureOf(`redis://127.0.0.1:${await listen(server)}`);
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
  });

  it("a server that echoes what it hears, at the first call and after", async () => {
    const server = createServer((socket) => socket.pipe(socket));
    const backend = redisBackend(`redis://127.0.0.1:${await listen(server)}`);
    for (let call = 0; call < 2; call += 1) {
      await expect(backend.kv.set("key", "value", { ttlMs: 60_000 })).rejects.toMatchObject({
        code: "CONFIGURATION",
        message: expect.stringMatching(/does not behave like Redis/),
      });
    }
    await backend.close();
    server.close();
  });

  it("a database that the server does not have: nothing lands in another one", async () => {
    const backend = redisBackend({ url: open.url, database: 9_999 });
    for (let call = 0; call < 2; call += 1) {
      await expect(backend.kv.set("misplaced", "value", { ttlMs: 60_000 })).rejects.toMatchObject({
        code: "CONFIGURATION",
        message: expect.stringMatching(/no database of this number/),
      });
    }
    await backend.close();
    const client = new Redis(open.url);
    expect(await client.exists("misplaced")).toBe(0);
    client.disconnect();
  });

  it("a server that has no room for one more client, until it has", async () => {
    const full = await startRedis({ own: true });
    const only = new Redis(full.url);
    await only.config("SET", "maxclients", "1");
    const backend = redisBackend({ url: full.url, commandTimeout: 300 });
    await expect(backend.kv.get("key")).rejects.toMatchObject({
      message: expect.stringMatching(/too many clients|max number of clients/),
    });
    await only.config("SET", "maxclients", "100");
    await expect.poll(() => backend.kv.has("key").catch(() => "not yet")).toBe(false);
    await backend.close();
    only.disconnect();
    await full.stop();
  });

  it("a node of a cluster without the cluster option", async () => {
    await using cluster = await startCluster({ replicas: 0 });
    const backend = redisBackend(`redis://127.0.0.1:${cluster.nodes[0]!.port}`);
    const outcomes = await Promise.allSettled(["a", "b", "c", "d", "e", "f"].map((key) => backend.kv.get(key)));
    await backend.close();
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as HoldfastError] : [],
    );
    expect(reasons[0]?.message).toMatch(/pass \{ cluster: \{ nodes/);
  });

  it("a cluster that is none", async () => {
    const error = await failureOf({ cluster: { nodes: [open.url] } });
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/not part of a cluster: pass \{ url \}/),
    ]);
  });
});

describe("options that cannot be right are refused at construction", () => {
  it.each([
    ["an http URL", "https://example.upstash.io", /REST URL use upstashBackend/],
    ["text that is no URL", "localhost:6379", /has the form "redis:\/\//],
    ["a password that is not percent-encoded", `redis://:100%@127.0.0.1`, /Percent-encode special characters/],
    ["a database that is no number", "redis://127.0.0.1/first", /database's number/],
    [
      "two sources",
      { url: "redis://127.0.0.1", cluster: { nodes: [] } },
      /takes one of url, client, cluster and sentinel/,
    ],
    ["a cluster of nothing", { cluster: { nodes: [] } }, /at least one node/],
    ["a cluster's database", { cluster: { nodes: ["redis://127.0.0.1/1"] } }, /only database 0/],
    [
      "a cluster's database, as an option",
      { cluster: { nodes: ["redis://127.0.0.1"] }, database: 1 },
      /only database 0/,
    ],
    ["no Sentinel", { sentinel: { name: "main", sentinels: [] } }, /at least one Sentinel/],
    ["an http URL of a node", { cluster: { nodes: ["http://127.0.0.1"] } }, /REST URL use upstashBackend/],
    ["too many retries", { url: "redis://127.0.0.1", retries: 99 }, /0 to 10/],
    ["a timeout of nothing", { url: "redis://127.0.0.1", commandTimeout: 0 }, /commandTimeout must be/],
  ] as const)("%s", (_name, options, message) => {
    expect(() => redisBackend(options as never)).toThrow(message);
  });

  it("what a client of the caller's own has decided already", () => {
    const client = new Redis({ lazyConnect: true });
    expect(() => redisBackend({ client, keyPrefix: "app:", database: 1 })).toThrow(/database and keyPrefix to ioredis/);
    const mapping = new Redis({ lazyConnect: true, replyMapping: "resp3" });
    expect(() => redisBackend({ client: mapping as never })).toThrow(/Leave out `replyMapping/);
  });

  it("and the refusals repeat no password", () => {
    for (const url of [
      `redis://:${SECRET}%@127.0.0.1`,
      `http://:s3cr3t@127.0.0.1`,
      `redis://:s3cr3t@127.0.0.1/first`,
    ]) {
      let error: unknown;
      try {
        redisBackend(url);
      } catch (reason) {
        error = reason;
      }
      expect(error).toHaveProperty("code", "CONFIGURATION");
      expect(inspect(error)).not.toMatch(/s3cr3t/);
    }
  });

  it("nothing at all, with REDIS_URL missing, names the variable and the cures", () => {
    expect(process.env["REDIS_URL"]).toBeUndefined();
    expect(() => redisBackend()).toThrow(/REDIS_URL[\s\S]*\.env\.local[\s\S]*turbo\.json/);
  });
});

describe("a call", () => {
  it("waits for as long as it says itself, whatever the backend's limit", async () => {
    const slow = await startRedis({ own: true });
    const backend = redisBackend({ url: slow.url, commandTimeout: 150 });
    await backend.ping();
    await slow.pause();
    const patient = backend.kv.increment("key", 1, 60_000, { timeoutMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await slow.resume();
    expect(await patient).toBe(1);
    await slow.pause();
    await expect(backend.kv.get("key", { timeoutMs: 30 })).rejects.toMatchObject({
      code: "BACKEND_TIMEOUT",
      timeoutMs: 30,
    });
    await backend.close();
    await slow.stop();
  });
});

describe("a connection", () => {
  it("takes a password with special characters, a user and a database from the URL", async () => {
    const url = `redis://default:${encodeURIComponent(SECRET)}@127.0.0.1:${locked.port}/3`;
    const backend = redisBackend(url);
    await backend.kv.set("key", "value", { ttlMs: 60_000 });
    const client = new Redis({ port: locked.port, password: SECRET, db: 3 });
    expect(await client.get("key")).toBe("value");
    client.disconnect();
    await backend.close();
  });

  it("is made with the first call, not before", async () => {
    const backend = redisBackend({ url: "redis://127.0.0.1:1" });
    await backend.close();
    expect(backend.stats()).toEqual({ commands: 0, roundTrips: 0, errors: 0 });
  });
});
