import { createHash, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClient, startTestGateway, type TestGateway } from "../test/harness.ts";

// Its default export throws when it is looked at without environment variables, which the test runner's import does.
const { createClient: createVercelKv } = createRequire(import.meta.url)("@vercel/kv") as typeof import("@vercel/kv");

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway();
});
afterAll(() => setup[Symbol.asyncDispose]());
beforeEach(() => setup.direct.flushdb());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("@upstash/redis", () => {
  test.each([
    ["digits with leading zeros", "000001"],
    ["an id above 2^53", "9007199254740993"],
    ["JSON text", '{"a":"1"}'],
    ["the word OK", "OK"],
    ["text that looks like base64", "T0s="],
    ["an empty string", ""],
    ["all kinds of Unicode", "héllo 🎉 \u0000\u0001 \ufffd \u2028 אב 中"],
    ["line breaks and quotes", '"\r\n\t\\'],
    ["one megabyte", randomBytes(524_288).toString("hex")],
  ])("stores and reads %s in raw mode", async (_name, value) => {
    expect(await setup.raw.set("k", value)).toBe("OK");
    expect(await setup.direct.get("k")).toBe(value);
    expect(await setup.raw.get("k")).toBe(value);
    expect(await setup.raw.mget("k", "none")).toEqual([value, null]);
    expect(await setup.raw.pipeline().get("k").exec()).toEqual([value]);
    expect(await setup.raw.lpush("list", value)).toBe(1);
    expect(await setup.raw.lrange("list", 0, -1)).toEqual([value]);
  });

  test("gives objects, numbers and hashes back in its default mode", async () => {
    const { client } = setup;
    await client.set("object", { a: [1, "x", null] }, { ex: 100 });
    expect(await client.get("object")).toEqual({ a: [1, "x", null] });
    expect(await client.ttl("object")).toBeGreaterThan(90);
    await client.hset("hash", { a: 1, b: "two", c: { d: true } });
    expect(await client.hgetall("hash")).toEqual({ a: 1, b: "two", c: { d: true } });
    expect(await setup.raw.hgetall("hash")).toEqual(["a", "1", "b", "two", "c", '{"d":true}']);
    await client.zadd("board", { score: 1.5, member: "a" }, { score: 2, member: "b" });
    expect(await client.zrange("board", 0, -1, { rev: true, withScores: true })).toEqual(["b", 2, "a", 1.5]);
    expect(await client.hrandfield("hash", 3, true)).toEqual({ a: 1, b: "two", c: { d: true } });
  });

  test("reads and writes streams", async () => {
    const { client } = setup;
    const id = await client.xadd("stream", "*", { name: "a" });
    expect(await client.xlen("stream")).toBe(1);
    expect(await client.xread("stream", "0")).toEqual([["stream", [[id, ["name", "a"]]]]]);
    expect(await client.xrange("stream", "-", "+")).toEqual({ [id]: { name: "a" } });
    await client.xgroup("stream", { type: "CREATE", group: "g", id: "0" });
    expect(await client.xreadgroup("g", "c", "stream", ">")).toEqual([["stream", [[id, ["name", "a"]]]]]);
    expect(await client.xack("stream", "g", id)).toBe(1);
  });

  test("keeps the other results of a pipeline in which one command fails", async () => {
    const outcomes = await setup.raw.pipeline().set("k", "v").hget("k", "f").get("k").exec({ keepErrors: true });
    expect(outcomes).toEqual([
      { result: "OK" },
      { error: "WRONGTYPE Operation against a key holding the wrong kind of value" },
      { result: "v" },
    ]);
  });

  test("runs transactions, and rejects one that the server discards", async () => {
    expect(await setup.client.multi().set("n", 1).incr("n").get("n").exec()).toEqual(["OK", 2, 2]);
    const discarded = setup.client.multi().set("n", 9).json.set("j", "$", 1).exec();
    await expect(discarded).rejects.toThrow("EXECABORT Transaction discarded because of previous errors.");
    expect(await setup.client.get("n")).toBe(2);
  });

  test.each([true, false])("runs scripts, by hash and after NOSCRIPT by text (auto-pipelining %s)", async (auto) => {
    const client = createClient(setup.gateway.url, setup.gateway.token);
    const redis = auto
      ? client
      : createClient(setup.gateway.url, setup.gateway.token, { automaticDeserialization: false });
    const text = `return {KEYS[1], ARGV[1], ${randomBytes(4).readUInt32BE()}}`;
    const sha = createHash("sha1").update(text).digest("hex");
    await expect(redis.evalsha(sha, ["k"], ["v"])).rejects.toThrow("NOSCRIPT");
    const script = redis.createScript<[string, string, number]>(text);
    const first = await script.exec(["k"], ["v"]);
    expect(first.slice(0, 2)).toEqual(["k", "v"]);
    expect(await redis.evalsha(sha, ["k"], ["v"])).toEqual(first);
    expect(await redis.scriptExists(sha)).toEqual([1]);
    expect(await redis.scriptLoad("return 1")).toBe(createHash("sha1").update("return 1").digest("hex"));
    expect(await redis.evalRo("return ARGV[1]", [], ["x"])).toBe("x");
  });

  test("sends what one tick asks for as one request, and gets each its own answer", async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    await setup.raw.mset(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])));
    const outcomes = await Promise.all(keys.map((key) => setup.raw.get(key)));
    expect(outcomes).toEqual(keys.map((key) => `value of ${key}`));
    const failing = Promise.allSettled([setup.raw.get("key-1"), setup.raw.hget("key-1", "f"), setup.raw.get("key-2")]);
    expect((await failing).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("reads without base64 too, and takes up the sync token", async () => {
    const { Redis } = await import("@upstash/redis");
    const { url, token } = setup.gateway;
    const client = new Redis({ url, token, responseEncoding: false, enableTelemetry: false });
    expect(client.readYourWritesSyncToken).toBe("");
    await client.set("k", "héllo 🎉");
    const afterWrite = client.readYourWritesSyncToken;
    expect(await client.get("k")).toBe("héllo 🎉");
    expect(afterWrite).toBeTruthy();
    expect(client.readYourWritesSyncToken).not.toBe(afterWrite);
  });

  test("walks the keyspace to its end", async () => {
    const keys = Array.from({ length: 500 }, (_, index) => `walk:${index}`);
    await setup.raw.mset(Object.fromEntries(keys.map((key) => [key, "v"])));
    const found = new Set<string>();
    let cursor = "0";
    do {
      const [next, page] = await setup.raw.scan(cursor, { match: "walk:*", count: 50 });
      cursor = next;
      for (const key of page) found.add(key);
    } while (cursor !== "0");
    expect(found).toEqual(new Set(keys));
  });

  test("walks the keyspace with types, which Redis itself does not offer", async () => {
    await setup.client.set("withtype", "v");
    await setup.client.sadd("a set", "m");
    const [cursor, page] = await setup.client.scan(0, { count: 100, withType: true });
    expect(cursor).toBe("0");
    expect(page).toHaveLength(2);
    expect(page).toEqual(
      expect.arrayContaining([
        { key: "withtype", type: "string" },
        { key: "a set", type: "set" },
      ]),
    );
    expect(await setup.client.scan(0, { match: "withtype" })).toEqual(["0", ["withtype"]]);
    await expect(setup.client.exec(["SCAN", "x", "WITHTYPE"])).rejects.toThrow("ERR invalid cursor");
    expect(await setup.client.multi().scan(0, { match: "a*", withType: true }).exec()).toEqual([
      ["0", [{ key: "a set", type: "set" }]],
    ]);
  });
});

describe("@vercel/kv", () => {
  test("reads, writes, iterates and batches", async () => {
    const kv = createVercelKv({ url: setup.gateway.url, token: setup.gateway.token });
    await kv.set("user:1", { name: "Ada" }, { ex: 100 });
    expect(await kv.get("user:1")).toEqual({ name: "Ada" });
    await kv.hset("hash", { a: 1, b: "two" });
    await kv.sadd("set", "m1", "m2");
    await kv.zadd("board", { score: 1, member: "a" });
    expect(await collect(kv.scanIterator({ match: "user:*" }))).toEqual(["user:1"]);
    expect(await collect(kv.hscanIterator("hash"))).toEqual(["a", 1, "b", "two"]);
    expect(new Set(await collect(kv.sscanIterator("set")))).toEqual(new Set(["m1", "m2"]));
    expect(await collect(kv.zscanIterator("board"))).toEqual(["a", 1]);
    expect(await kv.multi().incr("n").incr("n").exec()).toEqual([1, 2]);
    expect(await kv.pipeline().get("user:1").del("user:1").exec()).toEqual([{ name: "Ada" }, 1]);
  });
});
