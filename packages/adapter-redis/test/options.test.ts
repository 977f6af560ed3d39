import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { inspect } from "node:util";
import { HoldfastError } from "@holdfast/core";
import { type RedisHandle, startCluster, startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";

const SECRET = "s3cr3t-p@ss/word";
const VALUE = "a-value-that-must-not-leak";

let open: RedisHandle;
let locked: RedisHandle;

beforeAll(async () => {
  [open, locked] = await Promise.all([startRedis(), startRedis({ password: SECRET })]);
});

afterAll(async () => {
  await Promise.all([open.stop(), locked.stop()]);
});

/** What a write of a secret value to this backend ends with. */
async function failureOf(options: Parameters<typeof redisBackend>[0]): Promise<HoldfastError> {
  const given = typeof options === "string" ? { url: options } : options;
  const backend = redisBackend({ commandTimeout: "1s", ...given });
  try {
    const error: unknown = await backend.kv.set("key", VALUE, { ttlMs: 60_000 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/s3cr3t|p@ss|a-value-that/);
    return error as HoldfastError;
  } finally {
    await backend.close();
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

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
    const error = await failureOf(`redis://127.0.0.1:${await listening(server)}`);
    server.close();
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/does not speak the Redis protocol/),
    ]);
  });

  it("a server that hangs up at once", async () => {
    const server = createServer((socket) => socket.destroy());
    const error = await failureOf(`redis://127.0.0.1:${await listening(server)}`);
    server.close();
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(error.message).toMatch(/rediss:\/\/|ECONNRESET/);
  });

  it("a server that never answers", async () => {
    const sockets: { destroy(): void }[] = [];
    const server = createServer((socket) => sockets.push(socket));
    const error = await failureOf(`redis://127.0.0.1:${await listening(server)}`);
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
  });

  it("TLS where the server has none", async () => {
    const error = await failureOf(`rediss://127.0.0.1:${open.port}`);
    expect(["CONFIGURATION", "BACKEND_UNAVAILABLE"]).toContain(error.code);
    expect(error.message).toMatch(/TLS|rediss|hang up|disconnected/);
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
    ["a database that is no number", "redis://127.0.0.1/first", /database's number/],
    [
      "two sources",
      { url: "redis://127.0.0.1", cluster: { nodes: [] } },
      /takes one of url, client, cluster and sentinel/,
    ],
    ["a cluster of nothing", { cluster: { nodes: [] } }, /at least one node/],
    ["too many retries", { url: "redis://127.0.0.1", retries: 99 }, /0 to 10/],
    ["a timeout of nothing", { url: "redis://127.0.0.1", commandTimeout: 0 }, /commandTimeout must be/],
  ] as const)("%s", (_name, options, message) => {
    expect(() => redisBackend(options as never)).toThrow(message);
  });

  it("nothing at all, with REDIS_URL missing, names the variable and the cures", () => {
    expect(process.env["REDIS_URL"]).toBeUndefined();
    expect(() => redisBackend()).toThrow(/REDIS_URL[\s\S]*\.env\.local[\s\S]*turbo\.json/);
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

  it("of the caller's own is used and left open", async () => {
    const client = new Redis(open.url, { keyPrefix: "app:" });
    const backend = redisBackend({ client });
    await backend.kv.set("key", "value", { ttlMs: 60_000 });
    await backend.kv.set("other", "value", { ttlMs: 60_000 });
    expect(await client.get("key")).toBe("value");
    expect((await Array.fromAsync(backend.kv.scan("", 10))).flat().sort()).toEqual(["key", "other"]);
    const heard: string[] = [];
    await backend.bus.subscribe("channel", { onMessage: (message) => heard.push(message) });
    await backend.bus.publish("channel", "hello");
    await expect.poll(() => heard).toEqual(["hello"]);
    await backend.close();
    expect(await client.ping()).toBe("PONG");
    await expect(backend.kv.get("key")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
    client.disconnect();
  });

  it("is made with the first call, not before", async () => {
    const backend = redisBackend({ url: "redis://127.0.0.1:1" });
    await backend.close();
    expect(backend.stats()).toEqual({ commands: 0, roundTrips: 0, errors: 0 });
  });
});
