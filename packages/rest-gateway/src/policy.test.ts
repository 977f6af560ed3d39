import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { countConnections, startTestGateway, type TestGateway, until } from "../test/harness.ts";

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway({ replyTimeoutMs: 1_000 }, { own: true });
});
afterAll(() => setup[Symbol.asyncDispose]());
beforeEach(() => setup.direct.flushdb());

describe("what would disturb other callers or the server is refused", () => {
  test.each([
    ..."AUTH x,HELLO 3,SELECT 1,RESET,QUIT,CLIENT KILL TYPE normal,CLIENT REPLY OFF,CLIENT LIST,READONLY".split(","),
    ..."MULTI,EXEC,DISCARD,WATCH k,UNWATCH,SUBSCRIBE c,PSUBSCRIBE c,SSUBSCRIBE c,UNSUBSCRIBE,MONITOR".split(","),
    ..."CONFIG SET maxmemory 1,SHUTDOWN NOSAVE,DEBUG SLEEP 0,SAVE,BGSAVE,REPLICAOF no one,SLAVEOF no one".split(","),
    ..."MODULE LIST,ACL SETUSER x,FAILOVER,SYNC,SWAPDB 0 1,CLUSTER RESET,MIGRATE h 1 k 0 1".split(","),
    ..."SCRIPT KILL,script debug yes,FUNCTION KILL,LATENCY RESET,SLOWLOG RESET".split(","),
  ])("%s", async (line) => {
    const body = JSON.stringify(line.split(" "));
    const refused = { error: expect.stringMatching(/^ERR Command is not available: '[A-Z ]+'/) };
    const single = await setup.request("/", { body });
    expect([single.status, await single.json()]).toEqual([400, refused]);
    const pipeline = await setup.request("/pipeline", { body: `[["set","k","v"],${body},["get","k"]]` });
    expect(await pipeline.json()).toEqual([{ result: "OK" }, refused, { result: "v" }]);
    const transaction = await setup.request("/multi-exec", { body: `[["set","k","changed"],${body}]` });
    expect([transaction.status, await transaction.json()]).toEqual([400, refused]);
    expect(await setup.direct.get("k")).toBe("v");
  });

  test("so that a refused SUBSCRIBE, MULTI or SELECT leaves the connection as it was", async () => {
    await setup.request("/pipeline", { body: '[["multi"],["subscribe","c"],["select","1"],["set","k","v"]]' });
    expect(await setup.direct.get("k")).toBe("v");
    expect(await setup.client.get("k")).toBe("v");
  });
});

describe("blocking commands", () => {
  test("wait on connections of their own, longer than a silent server may, while others are served", async () => {
    const waiting = Promise.all([
      setup.client.exec(["BLPOP", "list-1", 30]),
      setup.client.exec(["XREAD", "COUNT", 1, "BLOCK", 30_000, "STREAMS", "stream", "$"]),
      setup.raw.pipeline().set("before", "1").exec(),
      setup.request("/brpop/list-2/30").then((response) => response.json()),
    ]);
    await until(async () => (await setup.direct.info("clients")).includes("blocked_clients:3"));
    for (let count = 0; count < 20; count += 1) expect(await setup.client.incr("n")).toBe(count + 1);
    // Longer than replyTimeoutMs: they may wait as long as they asked.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    await setup.client.lpush("list-1", "a");
    await setup.client.lpush("list-2", "b");
    const id = await setup.client.xadd("stream", "*", { f: "v" });
    expect(await waiting).toEqual([
      ["list-1", "a"],
      [["stream", [[id, ["f", "v"]]]]],
      ["OK"],
      { result: ["list-2", "b"] },
    ]);
    expect(await setup.client.exec(["BLPOP", "none", "0.05"])).toBeNull();
    await until(async () => (await countConnections(setup.direct)) === 1);
  });

  test("end when their caller leaves", async () => {
    const controller = new AbortController();
    const gone = setup.request("/blpop/none/0", { signal: controller.signal }).catch((error: Error) => error.name);
    await until(async () => (await countConnections(setup.direct)) === 2);
    controller.abort();
    expect(await gone).toBe("AbortError");
    await until(async () => (await countConnections(setup.direct)) === 1);
  });

  test("run in a transaction without blocking", async () => {
    const response = await setup.request("/multi-exec", { body: '[["blpop","none",0],["ping"]]' });
    expect(await response.json()).toEqual([{ result: null }, { result: "PONG" }]);
  });

  test("that read without BLOCK take no connection of their own", async () => {
    await setup.client.xadd("stream", "1-1", { block: "STREAMS" });
    expect(await setup.client.xread(["stream"], ["0"])).toHaveLength(1);
    expect(await countConnections(setup.direct)).toBe(1);
  });
});
