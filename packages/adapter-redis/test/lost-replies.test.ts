import { type ClusterHandle, type RedisHandle, startCluster, startRedis, startTcpProxy } from "@holdfast/test-servers";
import calculateSlot from "cluster-key-slot";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { expectNoUnhandledRejections } from "./support/unhandled.ts";

const SLOTS = 16_384;

let redis: RedisHandle;
let cluster: ClusterHandle;

beforeAll(async () => {
  [redis, cluster] = await Promise.all([startRedis(), startCluster({ replicas: 0 })]);
});
afterAll(() => Promise.all([redis.stop(), cluster.stop()]));

expectNoUnhandledRejections();

/** A backend on one server whose connection the test can cut after the server has carried out a command. */
async function behindProxy() {
  const proxy = await startTcpProxy(redis);
  const backend = redisBackend({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeout: "5s" });
  return { proxy, backend };
}

/** The same on a cluster: one proxy for each node. */
async function clusterBehindProxies() {
  const proxies = await Promise.all(cluster.nodes.map((node) => startTcpProxy(node)));
  const natMap = Object.fromEntries(
    cluster.nodes.map(({ port }, index) => [`127.0.0.1:${port}`, { host: "127.0.0.1", port: proxies[index]!.port }]),
  );
  const nodes = proxies.map(({ port }) => ({ host: "127.0.0.1", port }));
  const backend = redisBackend({ cluster: { nodes, natMap }, commandTimeout: "5s" });
  const proxyOf = (key: string) => proxies[Math.floor((calculateSlot(key) * proxies.length) / SLOTS)]!;
  return { proxies, proxyOf, backend };
}

describe("a reply that is lost on one server", () => {
  it("does not double a step: it is reported as unknown, and was made once", async () => {
    const { proxy, backend } = await behindProxy();
    await backend.kv.increment("count", 1, "forever");
    const cut = proxy.loseReplyTo("count");
    await expect(backend.kv.increment("count", 1, "forever")).rejects.toMatchObject({ outcome: "unknown" });
    await cut;
    expect(await backend.kv.get("count")).toBe("2");
    await backend.close();
    await proxy.stop();
  });

  it("of a read is asked for again, and the caller does not notice", async () => {
    const { proxy, backend } = await behindProxy();
    await backend.kv.set("wanted", "value", { ttlMs: 60_000 });
    const before = proxy.count("wanted");
    const cut = proxy.loseReplyTo("wanted");
    expect(await backend.kv.get("wanted")).toBe("value");
    await cut;
    expect(proxy.count("wanted")).toBe(before + 2);
    await backend.close();
    await proxy.stop();
  });
});

describe("a connection that breaks while its database is being opened", () => {
  it("is opened anew", async () => {
    await using proxy = await startTcpProxy(redis);
    const cut = proxy.loseReplyTo("select");
    const backend = redisBackend({ url: `redis://127.0.0.1:${proxy.port}/3`, commandTimeout: "5s" });
    await backend.kv.set("key", "value", { ttlMs: 60_000 });
    await cut;
    expect(await backend.kv.get("key")).toBe("value");
    await backend.close();
  });
});

describe("a reply that is lost on a cluster", () => {
  it("does not double a step, and a read is asked for again", async () => {
    const { proxies, proxyOf, backend } = await clusterBehindProxies();
    await backend.kv.increment("count", 1, "forever");
    let cut = proxyOf("count").loseReplyTo("count");
    await expect(backend.kv.increment("count", 1, "forever")).rejects.toMatchObject({ outcome: "unknown" });
    await cut;
    expect(await backend.kv.get("count")).toBe("2");
    cut = proxyOf("count").loseReplyTo("count");
    expect(await backend.kv.get("count")).toBe("2");
    await cut;
    await backend.close();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });
});

describe("a reply that is lost on a client of the caller's own", () => {
  it.each([
    [
      "opened as the README says, does not double a step",
      { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false },
      ["unknown", "2"],
    ],
    ["with ioredis's defaults, is doubled by ioredis, as the README warns", {}, ["done", "3"]],
  ])("%s", async (_name, options, [outcome, total]) => {
    await using proxy = await startTcpProxy(redis);
    const client = new Redis(proxy.port, "127.0.0.1", options);
    client.on("error", () => {});
    const backend = redisBackend({ client, commandTimeout: "5s" });
    const key = `own ${total}`;
    await backend.kv.increment(key, 1, "forever");
    const cut = proxy.loseReplyTo(key);
    const second = backend.kv.increment(key, 1, "forever").then(
      () => "done",
      (error: { outcome?: string }) => error.outcome,
    );
    expect(await second).toBe(outcome);
    await cut;
    expect(await backend.kv.get(key)).toBe(total);
    await backend.close();
    client.disconnect();
  });
});
