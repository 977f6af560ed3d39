import { createRequire } from "node:module";
import { upstashBackend } from "@holdfast/adapter-upstash";
import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
import type { BatchError } from "@holdfast/core";
import { createKv } from "@holdfast/kv";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis, startTcpProxy } from "@holdfast/test-servers";
import { Redis as Upstash } from "@upstash/redis";
import { Redis as Ioredis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

// Each test shows a fault in a client as it is today, and then the same in Holdfast, where it cannot happen.
// The numbers are those of the document that this project was created from, and of its list of undocumented faults.

// As Node resolves it: a bundler's interoperation reads the default export, which throws without its variables.
const { createClient } = createRequire(import.meta.url)("@vercel/kv") as typeof import("@vercel/kv");

let redis: RedisHandle;
let gateway: GatewayHandle;
let direct: Ioredis;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
  direct = new Ioredis(redis.url);
});

afterAll(async () => {
  direct.disconnect();
  await gateway.stop();
  await redis.stop();
});

beforeEach(async () => {
  await direct.flushdb();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

const credentials = () => ({ url: gateway.url, token: gateway.token });
const rawUpstash = () => new Upstash(credentials());
const rawVercel = () => createClient(credentials());
const holdfast = (options: { url?: string } = {}) => {
  const backend = upstashBackend({ ...credentials(), ...options, commandTimeout: "5s" });
  return { backend, kv: createKv({ backend, namespace: "app" }) };
};

describe("issue 1: missing variables", () => {
  it("raw: the first command fails with a fetch error; Holdfast: one error at construction names every variable and the cure", async () => {
    const raw = createClient({ url: undefined as never, token: undefined as never, retry: { retries: 0 } });
    await expect(raw.get("a")).rejects.toThrow(/Failed to parse URL/);
    for (const [make, variable] of [
      [() => upstashBackend({ env: {} }), "UPSTASH_REDIS_REST_URL"],
      [() => vercelKvBackend({ env: {} }), "KV_REST_API_URL"],
    ] as const) {
      expect(make).toThrow(expect.objectContaining({ code: "CONFIGURATION" }));
      expect(make).toThrow(new RegExp(`${variable}[\\s\\S]*TOKEN[\\s\\S]*\\.env\\.local`));
    }
  });
});

describe("issue 2: numeric strings and large ids", () => {
  it("raw: strings come back as numbers, and lose digits; Holdfast: they come back as they went in", async () => {
    const raw = rawVercel();
    await raw.hset("hash", { code: "123456", id: "9007199254740993" });
    expect(await raw.hgetall("hash")).toHaveProperty("code", 123_456);
    await direct.set("json", '{"id":9007199254740993}');
    expect(await raw.get("json")).toEqual({ id: 9_007_199_254_740_992 });

    const { kv } = holdfast();
    const texts = ["123456", "000001", "9007199254740993", "12345678901234567890", "1e3", "true", "null", ""];
    for (const text of texts) {
      await kv.set("key", text, { ttl: "1m" });
      await kv.hash("hash").set({ text }, { ttl: "1m" });
      expect(await kv.batch((b) => [b.get("key"), b.hashGet("hash", "text")])).toEqual([text, text]);
      expect({ ...(await kv.hash("hash").getAll()) }).toEqual({ text });
    }
    await kv.set("big", 9_007_199_254_740_993n, { ttl: "1m" });
    expect(await kv.get("big")).toBe(9_007_199_254_740_993n);
  });

  it("raw: a leading U+FEFF is dropped; Holdfast: it stays", async () => {
    const raw = new Upstash({ ...credentials(), automaticDeserialization: false });
    await raw.set("bom", "\ufefftext");
    expect(await raw.get("bom")).toBe("text");
    const { kv } = holdfast();
    await kv.set("bom", "\ufefftext", { ttl: "1m" });
    expect(await kv.get("bom")).toBe("\ufefftext");
  });
});

describe("issue 4: a TTL that is ignored", () => {
  it("raw: stored for ever without a word; Holdfast: does not compile, throws, and writes nothing", async () => {
    const raw = rawUpstash();
    await raw.set("key", "value", { ex: "60" as never });
    expect(await raw.ttl("key")).toBe(-1);
    const { kv, backend } = holdfast();
    // @ts-expect-error a TTL is required
    await expect(kv.set("key", "value", { ex: "60" })).rejects.toBeInstanceOf(RangeError);
    expect(backend.stats().commands).toBe(0);
  });
});

describe("issue 8: one failing command of a pipeline", () => {
  it("raw: the first error is thrown and the other results are lost; Holdfast: every outcome is there", async () => {
    await direct.set("text", "x");
    const raw = rawUpstash();
    const pipeline = raw.pipeline().incr("count").incr("text").incr("count");
    await expect(pipeline.exec()).rejects.toThrow(/Command 2 \[ incr \] failed/);
    expect(await direct.get("count")).toBe("2");

    const { kv } = holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const error = await kv
      .batch((b) => [b.increment("n"), b.increment("text"), b.increment("n")])
      .catch((reason: unknown) => reason);
    expect((error as BatchError).results).toMatchObject([{ value: 1 }, { status: "rejected" }, { value: 2 }]);
  });

  it("raw: a failing hmget rejects unrelated reads of the same tick; Holdfast: only itself", async () => {
    await direct.mset("text", "x", "other", "y");
    const raw = rawUpstash();
    const calls = await Promise.allSettled([raw.get("other"), raw.hmget("text", "field")]);
    expect(calls.map(({ status }) => status)).toEqual(["rejected", "rejected"]);

    const { kv } = holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const ours = await Promise.allSettled([kv.get("text"), kv.hash("text").get("field"), kv.has("text")]);
    expect(ours.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});

describe("issues 9 and 11: iteration", () => {
  it("raw at 3.0: it ends today, with keys of digits turned into numbers; Holdfast: 100,000 keys, each once, as they are", async () => {
    for (let start = 0; start < 100_000; start += 10_000) {
      await direct.mset(Array.from({ length: 10_000 }, (_, index) => [`hf:k:app:${start + index}`, "1"]).flat());
    }
    const raw = rawVercel();
    await direct.set("12345", "x");
    const seen: unknown[] = [];
    for await (const key of raw.scanIterator({ match: "12345", count: 10_000 })) seen.push(key);
    expect(seen).toEqual([12_345]);

    const { kv, backend } = holdfast();
    const keys = await Array.fromAsync(kv.keys({ pageSize: 5_000 }));
    expect(keys).toHaveLength(100_000);
    expect(new Set(keys).size).toBe(100_000);
    expect(keys.every((key) => typeof key === "string")).toBe(true);
    expect(backend.stats().commands).toBeLessThan(50);
  });
});

describe("undocumented: auto-pipelining", () => {
  it("raw: a command that cannot be built shifts the batch, and one caller gets another's data; Holdfast: each gets its own", async () => {
    await direct.mset("a", "A", "b", "B", "c", "C");
    const raw = rawUpstash();
    const [, bad, b] = await Promise.allSettled([raw.get("a"), raw.get(10n as never), raw.get("b"), raw.get("c")]);
    expect(bad!.status).toBe("rejected");
    expect(b).toEqual({ status: "fulfilled", value: "C" });

    const { kv } = holdfast();
    await kv.setMany({ a: "A", b: "B", c: "C" }, { ttl: "1m" });
    const ours = await Promise.allSettled([
      kv.get("a"),
      kv.get(10n as never),
      kv.set("x", () => 1, { ttl: "1m" }),
      kv.get("b"),
      kv.get("c"),
    ]);
    expect(ours).toMatchObject([
      { value: "A" },
      { status: "rejected" },
      { status: "rejected" },
      { value: "B" },
      { value: "C" },
    ]);
  });
});

describe("undocumented: a lost answer", () => {
  it.each(["default settings", "retry: false"])(
    "raw, %s: the write is made again; Holdfast: once, and said to be unknown",
    async (settings) => {
      await using proxy = await startTcpProxy(new LocalUrl(gateway.url));
      const url = `http://127.0.0.1:${proxy.port}`;
      const raw = new Upstash({ ...credentials(), url, ...(settings === "retry: false" ? { retry: false } : {}) });
      await raw.ping();
      let cut = proxy.loseReplyTo("views");
      await raw.incr("views");
      await cut;
      expect(await direct.get("views")).toBe("2");

      const { kv, backend } = holdfast({ url });
      await kv.increment("visits");
      cut = proxy.loseReplyTo("visits");
      await expect(kv.increment("visits")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "unknown" });
      await cut;
      expect(await direct.get("hf:k:app:visits")).toBe("2");
      // What is safe to repeat is repeated, unseen.
      cut = proxy.loseReplyTo("visits");
      expect(await kv.get("visits")).toBe(2);
      await cut;
      await backend.close();
    },
  );
});

describe("undocumented: values in errors", () => {
  it("raw: the message repeats the whole command; Holdfast: neither message nor cause does", async () => {
    const secret = "a-secret-value".repeat(1_000);
    await direct.set("text", "x");
    const raw = new Upstash({ ...credentials(), enableAutoPipelining: false });
    const message = await raw.hset("text", { field: secret }).catch((error: Error) => error.message);
    expect(message).toContain(secret);

    const { kv } = holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const error = await kv
      .hash("text")
      .set({ field: secret }, { ttl: "1m" })
      .catch((reason: unknown) => reason);
    const { inspect } = await import("node:util");
    expect(inspect(error, { depth: 10 })).not.toContain("a-secret-value");
    expect(error).toHaveProperty("code", "WRONG_TYPE");
  });
});

describe("undocumented: an aborted read", () => {
  it("raw: it resolves to null, as if the key were missing; Holdfast: it rejects", async () => {
    await direct.set("key", "value");
    const raw = new Upstash({ ...credentials(), enableAutoPipelining: false, signal: AbortSignal.abort() });
    expect(await raw.get("key")).toBeNull();
    const { kv } = holdfast();
    await expect(kv.get("key", { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});

/** Host and port of a URL, as the proxy wants them. */
class LocalUrl {
  readonly port: number;

  constructor(url: string) {
    this.port = Number(new URL(url).port);
  }
}
