import { type SentinelHandle, startRedis, startSentinel } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisBackend } from "../src/index.ts";
import { failureOf } from "./support/failure-of.ts";
import { expectSound, startLoad } from "./support/load.ts";
import { expectNoUnhandledRejections } from "./support/unhandled.ts";

const TIMEOUT_MS = 500;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let sentinel: SentinelHandle;
beforeAll(async () => {
  sentinel = await startSentinel();
});
afterAll(() => sentinel.stop());

expectNoUnhandledRejections();

describe("Sentinels", () => {
  it("are asked with the credentials of their URLs, and refuse wrong ones with advice", async () => {
    for (const { port } of sentinel.sentinels) {
      await asked(port, (admin) => admin.call("ACL", "SETUSER", "watcher", "on", ">pw", "allchannels", "+@all"));
    }
    const urls = (password: string) =>
      sentinel.sentinels.map(({ port }) => `redis://watcher:${password}@127.0.0.1:${port}`);
    await using backend = redisBackend({ sentinel: { name: sentinel.masterName, sentinels: urls("pw") } });
    expect(await backend.kv.has("none")).toBe(false);
    const error = await failureOf({ sentinel: { name: sentinel.masterName, sentinels: urls("s3cr3t") } });
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      expect.stringMatching(/Sentinels refused the credentials/),
    ]);
  });

  it.each([
    ["that watch no such master", () => ({ name: "nobody", sentinels: sentinel.sentinels }), /no master of this name/],
    [
      "that are servers",
      () => ({ name: sentinel.masterName, sentinels: sentinel.nodes }),
      /A Redis server answers there, not a Sentinel/,
    ],
  ])("%s are a configuration error with advice", async (_name, options, advice) => {
    const error = await failureOf({ sentinel: options() });
    expect([error.code, error.message]).toEqual(["CONFIGURATION", expect.stringMatching(advice)]);
  });

  it("that are away are told of as such, and one of many is enough", async () => {
    const away = { host: "127.0.0.1", port: 1 };
    const error = await failureOf({ sentinel: { name: sentinel.masterName, sentinels: [away] } });
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(error.message).toMatch(/no Sentinel names a master/);
    await using backend = redisBackend({
      sentinel: { name: sentinel.masterName, sentinels: [away, sentinel.sentinels[0]!] },
    });
    expect(await backend.kv.has("none")).toBe(false);
  });

  it("fail over under the load of 64 callers: calls go to the new master by themselves", async () => {
    await using backend = redisBackend({
      sentinel: { name: sentinel.masterName, sentinels: sentinel.sentinels },
      commandTimeout: TIMEOUT_MS,
    });
    const load = startLoad(backend);
    await sleep(300);
    const old = await sentinel.master();
    await old.kill();
    await expect.poll(async () => (await sentinel.master()).port, { timeout: 15_000 }).not.toBe(old.port);
    expect(await load.served()).toBeLessThan(5_000);
    await load.stop();
    // The new master may lack what the old one had acknowledged but not yet handed on.
    await expectSound(load, backend, TIMEOUT_MS);
  });
});

describe("A subscriber behind Sentinels that change their minds", () => {
  const NAME = "moving";
  const nameMaster = async (port: number) => {
    await asked(sentinel.sentinels[0]!.port, (admin) =>
      admin
        .call("SENTINEL", "REMOVE", NAME)
        .catch(() => {})
        .then(() => admin.call("SENTINEL", "MONITOR", NAME, "127.0.0.1", port, "1")),
    );
  };
  const open = () => redisBackend({ sentinel: { name: NAME, sentinels: [sentinel.sentinels[0]!] } });

  it("does not listen to another server than the one that commands go to", async () => {
    await using one = await startRedis({ own: true });
    await using other = await startRedis({ own: true });
    await nameMaster(one.port);
    await using backend = open();
    await backend.kv.has("none");
    await nameMaster(other.port);
    await expect(backend.bus.subscribe("channel", { onMessage() {} })).rejects.toThrow(/named another server/);
    await nameMaster(one.port);
    const messages: string[] = [];
    await backend.bus.subscribe("channel", { onMessage: (message) => messages.push(message) });
    await backend.bus.publish("channel", "heard");
    await expect.poll(() => messages).toEqual(["heard"]);
  });

  it("leaves the old master when commands go to the new one, and tells that it may have missed messages", async () => {
    await using one = await startRedis({ own: true });
    await using other = await startRedis({ own: true });
    await nameMaster(one.port);
    await using backend = open();
    const told: string[] = [];
    await backend.bus.subscribe("channel", {
      onMessage: (message) => told.push(message),
      onLost: () => told.push("lost"),
      onGap: () => told.push("gap"),
    });
    await backend.kv.has("none");
    await nameMaster(other.port);
    await asked(one.port, (admin) => admin.call("CLIENT", "KILL", "TYPE", "normal"));
    await expect.poll(() => backend.kv.has("none").catch(() => true)).toBe(false);
    await expect.poll(() => told).toEqual(["lost", "gap"]);
    await backend.bus.publish("channel", "heard");
    await expect.poll(() => told).toEqual(["lost", "gap", "heard"]);
  });
});

async function asked(port: number, ask: (admin: Redis) => Promise<unknown>): Promise<void> {
  const admin = new Redis(port);
  try {
    await ask(admin);
  } finally {
    admin.disconnect();
  }
}
