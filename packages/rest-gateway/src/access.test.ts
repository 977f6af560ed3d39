import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClient, startTestGateway, type TestGateway } from "../test/harness.ts";

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway({ readOnlyToken: "reader" });
});
afterAll(() => setup[Symbol.asyncDispose]());
beforeEach(async () => {
  await setup.direct.flushdb();
  await setup.direct.set("k", "v");
});

function noPermission(name: string): string {
  return `NOPERM this user has no permissions to run the '${name}' command or its subcommand`;
}

/** Of these the subcommand decides. */
function isContainer(name: string): boolean {
  return ["object", "memory", "xinfo", "command"].includes(name);
}

describe("tokens", () => {
  const unauthorized = { error: "WRONGPASS invalid or missing auth token" };

  test("are taken from the header or from ?_token=", async () => {
    expect(setup.gateway.token.length).toBeGreaterThan(40);
    expect((await setup.request("/get/k")).status).toBe(200);
    const inQuery = await setup.request(`/get/k?_token=${setup.gateway.token}`, { token: null, method: "GET" });
    expect(await inQuery.json()).toEqual({ result: "v" });
    const lowerCase = { authorization: `bearer ${setup.gateway.token}` };
    expect((await setup.request("/get/k", { token: null, headers: lowerCase })).status).toBe(200);
  });

  test.each(["", "?_token=", "?_token=wrong", "?token=reader"])("are required: %j", async (query) => {
    for (const path of ["/set/k/changed", "/pipeline", "/multi-exec", "/subscribe/c", "/"]) {
      const response = await setup.request(path + query, { token: null, body: '["set","k","changed"]' });
      expect([response.status, await response.json()]).toEqual([401, unauthorized]);
    }
    expect(await setup.direct.get("k")).toBe("v");
  });

  test.each(["wrong", "", "reader2"])("must be right: %j", async (token) => {
    const response = await setup.request(`/get/k?_token=${setup.gateway.token}`, { token });
    expect([response.status, await response.json()]).toEqual([401, unauthorized]);
  });

  test("that are wrong reach the client's caller as such", async () => {
    await expect(createClient(setup.gateway.url, "wrong").get("k")).rejects.toThrow(unauthorized.error);
  });
});

describe("the read-only token", () => {
  test("reads", async () => {
    const reader = createClient(setup.gateway.url, "reader");
    expect(await reader.get("k")).toBe("v");
    expect(await reader.mget("k", "none")).toEqual(["v", null]);
    expect(await reader.exists("k")).toBe(1);
    expect(await reader.dbsize()).toBe(1);
    expect(await reader.ping()).toBe("PONG");
    expect(await reader.evalRo("return redis.call('GET', KEYS[1])", ["k"], [])).toBe("v");
    expect(await reader.exec(["OBJECT", "ENCODING", "k"])).toBe("embstr");
    expect(await reader.multi().get("k").strlen("k").exec()).toEqual(["v", 1]);
  });

  test("does not write, whatever the way", async () => {
    for (const path of ["/set/k/changed", "/SET/k/changed", "/del/k", "/eval/return%20redis.call('DEL',KEYS[1])/1/k"]) {
      const response = await setup.request(path, { token: "reader" });
      const name = path.split("/")[1]?.toLowerCase() ?? "";
      expect([response.status, await response.json()]).toEqual([400, { error: noPermission(name) }]);
    }
    const pipeline = await setup.request("/pipeline", {
      token: "reader",
      body: '[["get","k"],["del","k"],["get","k"]]',
    });
    expect(await pipeline.json()).toEqual([{ result: "v" }, { error: noPermission("del") }, { result: "v" }]);
    const transaction = await setup.request("/multi-exec", { token: "reader", body: '[["get","k"],["del","k"]]' });
    expect([transaction.status, await transaction.json()]).toEqual([400, { error: noPermission("del") }]);
    const writingScript = await setup.request("/", {
      token: "reader",
      body: JSON.stringify(["EVAL_RO", "return redis.call('SET', KEYS[1], 'changed')", 1, "k"]),
    });
    expect(await writingScript.json()).toEqual({ error: expect.stringContaining("Write commands are not allowed") });
    expect(await setup.direct.get("k")).toBe("v");
  });

  test("is refused every command that the server does not flag as reading, and the heavy ones", async () => {
    const table = (await setup.direct.call("COMMAND")) as [name: string, arity: number, flags: string[]][];
    const harmless = ["ping", "echo", "time"];
    const denied = table.filter(([name, , flags]) => !flags.includes("readonly") && !harmless.includes(name));
    const names = [...denied.map(([name]) => name), "keys", "scan"].filter((name) => !isContainer(name));
    expect(names.length).toBeGreaterThan(100);
    const body = JSON.stringify(names.map((name) => [name, "k", "1", "2"]));
    const response = await setup.request("/pipeline", { token: "reader", body });
    const answers = (await response.json()) as { error?: string }[];
    expect(answers.filter(({ error }) => !/^NOPERM|^ERR Command is not available/.test(error ?? ""))).toEqual([]);
    expect(await setup.direct.get("k")).toBe("v");
  });

  test("opens no event streams", async () => {
    for (const name of ["subscribe", "psubscribe", "monitor"]) {
      const response = await setup.request(`/${name}/c`, { token: "reader" });
      expect([response.status, await response.json()]).toEqual([400, { error: noPermission(name) }]);
    }
  });
});
