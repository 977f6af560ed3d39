import { Cluster } from "ioredis";
import { expect, test } from "vitest";
import { startCluster } from "./index.ts";

test("serves every slot from real masters, survives a kill by failover, and takes the node back", async () => {
  await using cluster = await startCluster();
  const client = new Cluster(
    cluster.nodes.map(({ host, port }) => ({ host, port })),
    { clusterRetryStrategy: () => 100 },
  );
  client.on("error", () => {});
  try {
    // The three land on three masters.
    for (const key of ["a", "b", "c"]) await client.set(key, key);
    expect(client.nodes("master")).toHaveLength(3);
    expect(client.nodes("slave")).toHaveLength(3);
    const [victim] = cluster.nodes;
    await victim?.kill();
    await expect.poll(() => client.set("b", "again").catch(String), { timeout: 20_000 }).toBe("OK");
    await victim?.restart();
    await cluster.waitUntilReady();
    expect(await Promise.all(["a", "b", "c"].map((key) => client.get(key)))).toEqual(["a", "again", "c"]);
  } finally {
    client.disconnect();
  }
});

test("refuses fewer than three masters", async () => {
  await expect(startCluster({ masters: 2 })).rejects.toThrow(RangeError);
});
