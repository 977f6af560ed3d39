import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startSentinel } from "./index.ts";

test("the sentinels replace a killed master, and a client that asks them goes on", async () => {
  await using servers = await startSentinel();
  const sentinels = servers.sentinels.map(({ host, port }) => ({ host, port }));
  const client = new Redis({ sentinels, name: servers.masterName, maxRetriesPerRequest: null });
  client.on("error", () => {});
  try {
    await client.set("before", "1");
    expect(await client.wait(2, 5_000)).toBe(2);
    const first = await servers.master();
    expect(first).toBe(servers.nodes[0]);
    await first.kill();
    await expect.poll(async () => (await servers.master()) !== first, { timeout: 20_000 }).toBe(true);
    await servers.waitUntilReady();
    expect(await client.get("before")).toBe("1");
    await client.set("after", "2");
  } finally {
    client.disconnect();
  }
});
