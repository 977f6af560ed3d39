import { type ClusterHandle, countCommands, startCluster } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";

let cluster: ClusterHandle;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const KEYS = Array.from({ length: 200 }, (_, index) => `key ${index}`);

describe("a cluster of three masters and three replicas", () => {
  it("answers many keys at once in the order of the question, with their gaps and repetitions", async () => {
    await using backend = redisBackend({ cluster: { nodes: cluster.nodes } });
    await backend.kv.setMany(
      KEYS.map((key) => ({ key, value: key })),
      60_000,
    );
    const asked = [...KEYS.toReversed(), "none", "key 7", "key 7"];
    expect(await backend.kv.getMany(asked)).toEqual([...KEYS.toReversed(), undefined, "key 7", "key 7"]);
    expect(backend.stats().errors).toBe(0);
  });

  it("is iterated over master by master, each key once", async () => {
    await using backend = redisBackend({ cluster: { nodes: cluster.nodes } });
    const found = (await Array.fromAsync(backend.kv.scan("key ", 10))).flat();
    expect(found.toSorted()).toEqual(KEYS.toSorted());
  });

  it("counts what was deleted over all slots, and reads from masters only", async () => {
    await using backend = redisBackend({ cluster: { nodes: cluster.nodes } });
    await backend.ping();
    const replica = cluster.nodes.find(({ role }) => role === "replica")!;
    const { byName } = await countCommands(`redis://127.0.0.1:${replica.port}`, async () => {
      expect((await backend.kv.getMany(KEYS)).filter(Boolean)).toHaveLength(KEYS.length);
      expect(await backend.kv.delete([...KEYS, "none"])).toBe(KEYS.length);
    });
    expect(byName).not.toHaveProperty("mget");
  });

  it("carries messages between backends, whatever nodes they listen to", async () => {
    const backends = Array.from({ length: 4 }, () => redisBackend({ cluster: { nodes: cluster.nodes } }));
    const heard = backends.map((): string[] => []);
    await Promise.all(
      backends.map(({ bus }, index) => bus.subscribe("news", { onMessage: (text) => heard[index]!.push(text) })),
    );
    await Promise.all(backends.map(({ bus }, index) => bus.publish("news", `from ${index}`)));
    const everything = backends.map((_, index) => `from ${index}`);
    await expect.poll(() => heard.map((texts) => texts.toSorted())).toEqual(backends.map(() => everything));
    await Promise.all(backends.map((backend) => backend.close()));
  });

  it("is found through any node, also when the first that is named is away", async () => {
    const last = cluster.nodes.at(-1)!;
    await using backend = redisBackend({
      cluster: { nodes: ["redis://127.0.0.1:1", `redis://127.0.0.1:${last.port}`] },
    });
    expect(await backend.kv.has("none")).toBe(false);
  });
});
