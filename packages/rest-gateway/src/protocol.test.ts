import { Agent, request as httpRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../test/harness.ts";

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway();
});
afterAll(() => setup[Symbol.asyncDispose]());
beforeEach(() => setup.direct.flushdb());

const base64 = { "upstash-encoding": "base64" };

const setCommand = (length: number): string => JSON.stringify(["set", "k", "x".repeat(length)]);

async function answer(...request: Parameters<TestGateway["request"]>): Promise<[status: number, text: string]> {
  const response = await setup.request(...request);
  return [response.status, await response.text()];
}

describe("a command in the body", () => {
  test("answers strings, integers, null and arrays as JSON", async () => {
    expect(await answer("/", { body: '["SET","k","v"]' })).toEqual([200, '{"result":"OK"}']);
    expect(await answer("/", { body: '["get","k"]' })).toEqual([200, '{"result":"v"}']);
    expect(await answer("/", { body: '["get","none"]' })).toEqual([200, '{"result":null}']);
    expect(await answer("/", { body: '["incr","n"]' })).toEqual([200, '{"result":1}']);
    expect(await answer("/", { body: '["mget","k","none","n"]' })).toEqual([200, '{"result":["v",null,"1"]}']);
    expect(await answer("/", { body: '["ping"]', method: "PUT" })).toEqual([200, '{"result":"PONG"}']);
  });

  test("answers base64 on request, nested too, and leaves a bare OK alone", async () => {
    expect(await answer("/", { body: '["SET","k","OK"]', headers: base64 })).toEqual([200, '{"result":"OK"}']);
    expect(await answer("/", { body: '["type","k"]', headers: base64 })).toEqual([200, '{"result":"c3RyaW5n"}']);
    const script = "return {'OK', {'a', 1, false}}";
    const body = JSON.stringify(["eval", script, 0]);
    expect(await answer("/", { body, headers: base64 })).toEqual([200, '{"result":["T0s=",["YQ==",1,null]]}']);
    expect(await answer("/", { body })).toEqual([200, '{"result":["OK",["a",1,null]]}']);
  });

  test("keeps every digit of large integers, in replies and in arguments", async () => {
    await answer("/", { body: '["set","n",9007199254740993]' });
    expect(await setup.direct.get("n")).toBe("9007199254740993");
    expect(await answer("/", { body: '["incrby","n",1]' })).toEqual([200, '{"result":9007199254740994}']);
    expect(await answer("/", { body: '["mset","a",1.50,"b","say \\"1.50\\"\\\\","c",true,"d",-1e3]' })).toEqual([
      200,
      '{"result":"OK"}',
    ]);
    expect(await setup.direct.mget("a", "b", "c", "d")).toEqual(["1.50", 'say "1.50"\\', "true", "-1e3"]);
    await answer("/pipeline", { body: '[["set","p",12345678901234567890]]' });
    expect(await setup.direct.get("p")).toBe("12345678901234567890");
  });

  test("carries bytes that are not UTF-8 exactly in base64, and replaces them in plain JSON", async () => {
    await setup.direct.set("k", Buffer.from([0, 255, 128, 10]));
    expect(await answer("/get/k", { headers: base64 })).toEqual([200, '{"result":"AP+ACg=="}']);
    expect(await answer("/get/k")).toEqual([200, '{"result":"\\u0000\ufffd\ufffd\\n"}']);
  });

  test("passes the server's own errors on, with status 400", async () => {
    await setup.direct.set("k", "v");
    const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    expect(await answer("/", { body: '["hget","k","f"]' })).toEqual([400, JSON.stringify({ error: wrongType })]);
    const unknown = await setup.direct.call("JSON.SET", "a", "$", "1").catch((error: Error) => error.message);
    expect(await answer("/", { body: '["JSON.SET","a","$","1"]' })).toEqual([400, JSON.stringify({ error: unknown })]);
    const noScript = "NOSCRIPT No matching script. Please use EVAL.";
    const body = JSON.stringify(["evalsha", "0".repeat(40), 0]);
    expect(await answer("/", { body })).toEqual([400, JSON.stringify({ error: noScript })]);
  });
});

describe("a command in the path", () => {
  test("takes decoded segments, then the body's bytes, then the query's parameters", async () => {
    expect(await answer("/set/a%2Fb/%E2%82%AC", { method: "GET" })).toEqual([200, '{"result":"OK"}']);
    expect(await setup.direct.get("a/b")).toBe("€");
    const bytes = new Uint8Array([0, 255, 1]);
    expect(await answer("/set/bytes?EX=100&NX", { body: bytes })).toEqual([200, '{"result":"OK"}']);
    expect(await setup.direct.getBuffer("bytes")).toEqual(Buffer.from(bytes));
    expect(await setup.direct.ttl("bytes")).toBeGreaterThan(90);
    expect(await answer("/set/bytes?NX", { body: "again" })).toEqual([200, '{"result":null}']);
    expect(await answer("/set/k/%20/EX/5")).toEqual([200, '{"result":"OK"}']);
    expect(await setup.direct.get("k")).toBe(" ");
  });

  test("answers HEAD without a body, and other methods with 405", async () => {
    const head = await setup.request("/ping", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await answer("/ping", { method: "DELETE" }))[0]).toBe(405);
  });
});

describe("/pipeline", () => {
  test("answers 200 with each command's result or error in its place", async () => {
    const body = '[["set","k","v"],["incr","k"],["nope"],["config","get","*"],["get","k"]]';
    const [status, text] = await answer("/pipeline", { body });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual([
      { result: "OK" },
      { error: "ERR value is not an integer or out of range" },
      { error: expect.stringMatching(/^ERR unknown command 'NOPE'/i) },
      { error: "ERR Command is not available: 'CONFIG'" },
      { result: "v" },
    ]);
  });

  test("answers as many commands as one asks", async () => {
    const commands = Array.from({ length: 5_000 }, (_, index) => ["echo", index]);
    const response = await setup.request("/pipeline", { body: JSON.stringify(commands) });
    expect(await response.json()).toEqual(commands.map(([, index]) => ({ result: String(index) })));
  });
});

describe("/multi-exec", () => {
  test("runs everything, and reports a failing command in its place", async () => {
    const body = '[["set","k","v"],["incr","k"],["get","k"]]';
    expect(await answer("/multi-exec", { body })).toEqual([
      200,
      '[{"result":"OK"},{"error":"ERR value is not an integer or out of range"},{"result":"v"}]',
    ]);
  });

  test("runs nothing, and answers one error, if the server or the gateway refuses a command", async () => {
    const aborted = "EXECABORT Transaction discarded because of previous errors.";
    const unknown = await answer("/multi-exec", { body: '[["set","k","v"],["nope"]]' });
    expect(unknown).toEqual([400, JSON.stringify({ error: aborted })]);
    const refused = await answer("/multi-exec", { body: '[["set","k","v"],["exec"]]' });
    expect(refused).toEqual([400, '{"error":"ERR Command is not available: \'EXEC\'. Use POST /multi-exec"}']);
    expect(await setup.direct.exists("k")).toBe(0);
  });

  test("lets no other caller's command between its own", async () => {
    const transaction = JSON.stringify([["set", "k", 0], ...Array.from({ length: 50 }, () => ["incr", "k"])]);
    const expected = [{ result: "OK" }, ...Array.from({ length: 50 }, (_, index) => ({ result: index + 1 }))];
    const others = Array.from({ length: 200 }, () => setup.request("/incr/k").then((response) => response.text()));
    const transactions = Array.from({ length: 20 }, async () => {
      const response = await setup.request("/multi-exec", { body: transaction });
      return response.json();
    });
    for (const outcome of await Promise.all(transactions)) expect(outcome).toEqual(expected);
    await Promise.all(others);
  });
});

describe("malformed requests", () => {
  test.each([
    ["/", "", /^ERR failed to parse the request body as JSON$/],
    ["/", '["get", secret', /^ERR failed to parse the request body as JSON$/],
    ["/", "{}", /^ERR the body must be a JSON array$/],
    ["/", '"get"', /^ERR the body must be a JSON array$/],
    ["/", "[]", /^ERR empty request$/],
    ["/", '[""]', /^ERR empty command$/],
    ["/", '["set","k",null]', /^ERR null args are not supported$/],
    ["/", '["set","k",{"a":1}]', /^ERR \$\[2\] must be a string, a number or a boolean$/],
    ["/", '[["get","k"]]', /^ERR \$\[0\] must be a string, a number or a boolean$/],
    ["/pipeline", '["get","k"]', /^ERR \$\[0\] must be a JSON array$/],
    ["/pipeline", "[]", /^ERR empty request$/],
    ["/pipeline", '[["get","k"],[]]', /^ERR empty command$/],
    ["/multi-exec", '[["set","k",null]]', /^ERR null args are not supported$/],
    ["/get/%zz", undefined, /%25/],
  ])("POST %s %j", async (path, body, message) => {
    const [status, text] = await answer(path, body === undefined ? {} : { body });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(message) });
    expect(text).not.toContain("secret");
  });
});

describe("the response", () => {
  test("carries a sync token that changes with each answer", async () => {
    const tokens = new Set<string | null>();
    for (let count = 0; count < 3; count += 1) {
      const response = await setup.request("/ping");
      await response.text();
      tokens.add(response.headers.get("upstash-sync-token"));
    }
    expect(tokens.size).toBe(3);
    expect(tokens).not.toContain(null);
  });

  test("comes in RESP 2 on request", async () => {
    const headers = { "upstash-response-format": "resp2" };
    const body = '[["set","k","€"],["get","k"],["incr","k"],["mget","k","none"],["eval","return {1,{\'a\'}}",0]]';
    const [, error = ""] = (await setup.direct
      .incr("k2")
      .then(() => setup.direct.lpush("k2", 1).catch((e: Error) => ["", e.message]))) as string[];
    expect(error).toMatch(/^WRONGTYPE/);
    const response = await setup.request("/pipeline", { body, headers });
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(await response.text()).toBe(
      "+OK\r\n$3\r\n€\r\n-ERR value is not an integer or out of range\r\n*2\r\n$3\r\n€\r\n$-1\r\n*2\r\n:1\r\n*1\r\n$1\r\na\r\n",
    );
    expect(await answer("/lpush/k2/1", { headers })).toEqual([400, `-${error}\r\n`]);
    expect((await answer("/ping", { headers: { ...headers, ...base64 } }))[0]).toBe(400);
    expect((await answer("/ping", { headers: { "upstash-response-format": "xml" } }))[0]).toBe(400);
  });

  test("keeps the connection open for the next request", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (): Promise<boolean> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${setup.gateway.url}/ping?_token=${setup.gateway.token}`, { agent }, (response) => {
          response.resume().once("end", () => resolve(sent.reusedSocket));
        });
        sent.once("error", reject).end();
      });
    try {
      expect([await get(), await get(), await get()]).toEqual([false, true, true]);
    } finally {
      agent.destroy();
    }
  });
});

describe("the body limit", () => {
  test("answers 413 over it, whether the length was announced or not, and goes on serving", async () => {
    await using small = await startTestGateway({ maxBodyBytes: 1_000 });
    const fits = setCommand(1_000 - setCommand(0).length);
    expect((await small.request("/", { body: fits })).status).toBe(200);
    const over = await small.request("/", { body: `${fits} ` });
    const message = "ERR max request size exceeded. Limit: 1000 bytes, Actual: 1001 bytes";
    expect([over.status, await over.json()]).toEqual([413, { error: message }]);

    const stream = new Blob([setCommand(5_000)]).stream();
    const init = {
      method: "POST",
      body: stream,
      duplex: "half",
      headers: { authorization: `Bearer ${small.gateway.token}` },
    };
    expect((await fetch(small.gateway.url, init as RequestInit)).status).toBe(413);
    expect((await small.request("/ping")).status).toBe(200);
  });
});
