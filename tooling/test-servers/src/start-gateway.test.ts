import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startGateway, startRedis } from "./index.ts";

test("the gateway serves its Redis over HTTP to who has a token, until it is stopped", async () => {
  await using redis = await startRedis();
  const gateway = await startGateway({ redis });
  const ask = async (token: string, command: readonly string[]): Promise<{ status: number; body: unknown }> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(gateway.url, { method: "POST", headers, body: JSON.stringify(command) });
    return { status: response.status, body: await response.json() };
  };
  try {
    expect(await ask(gateway.token, ["SET", "key", "value"])).toEqual({ status: 200, body: { result: "OK" } });
    expect(await ask(gateway.readOnlyToken, ["GET", "key"])).toEqual({ status: 200, body: { result: "value" } });
    expect((await ask(gateway.readOnlyToken, ["SET", "key", "other"])).status).not.toBe(200);
    expect((await ask("wrong", ["GET", "key"])).status).toBe(401);
    const client = new Redis(redis.url);
    expect(await client.get("key")).toBe("value");
    client.disconnect();
  } finally {
    await gateway.stop();
  }
  await expect(fetch(gateway.url)).rejects.toThrow("fetch failed");
});
