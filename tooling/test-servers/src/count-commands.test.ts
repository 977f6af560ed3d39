import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { countCommands, startRedis } from "./index.ts";

test("counts what the work sent, and nothing of its own", async () => {
  await using server = await startRedis({ password: "a secret #1" });
  const client = new Redis(server.url);
  try {
    await client.set("key", "value");
    expect(await countCommands(server.url, () => {})).toEqual({ total: 0, byName: {} });
    expect(await countCommands(server.url, () => client.get("key"))).toEqual({ total: 1, byName: { get: 1 } });
    const mixed = await countCommands(server.url, async () => {
      await client.info();
      await client.pipeline().get("key").get("key").incr("n").exec();
    });
    expect(mixed).toEqual({ total: 4, byName: { info: 1, get: 2, incr: 1 } });
  } finally {
    client.disconnect();
  }
});
