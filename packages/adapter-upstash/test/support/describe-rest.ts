import { inspect } from "node:util";
import { type Backend, HoldfastError } from "@holdfast/core";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis, startTcpProxy } from "@holdfast/test-servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

/** Where the endpoint is, and bounds. */
export interface RestOptions {
  readonly url: string;
  readonly token: string;
  readonly commandTimeout?: number;
}

/** How a test opens one kind of backend. */
export interface RestSubject {
  readonly name: string;
  readonly open: (options: RestOptions) => Backend;
}

/** What clients of the REST protocol turn into something else, or lose. */
const TEXTS = [
  "123456",
  "0",
  "000001",
  "9007199254740993",
  "12345678901234567890",
  "1e3",
  "1.0",
  "-0",
  "true",
  "null",
].concat(['{"a":9007199254740993}', '"quoted"', "", "OK", "\ufefftext", "__proto__"]);
const VALUE = "a-value-that-must-not-leak";
const LONG_MS = 60_000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What holds for every adapter over REST, and for a client made here as for one with its own default settings. */
export function describeRest(subjects: readonly RestSubject[]): void {
  describe.each(subjects)("over REST, $name", ({ open }) => {
    let redis: RedisHandle;
    let gateway: GatewayHandle;
    const opened: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      redis = await startRedis({ own: true });
      gateway = await startGateway({ redis });
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()));
    });
    afterAll(async () => {
      await gateway.stop();
      await redis.stop();
    });

    /** A backend, and the line to the gateway, on which requests are counted and replies are lost. */
    async function setUp(commandTimeout = 10_000) {
      const proxy = await startTcpProxy({ port: Number(new URL(gateway.url).port) });
      const backend = open({ url: `http://127.0.0.1:${proxy.port}`, token: gateway.token, commandTimeout });
      opened.push({ close: () => backend.close().then(() => proxy.stop()) });
      return { proxy, backend, kv: backend.kv };
    }

    it("texts come back as they went in, alone and together, from keys and from hashes", async () => {
      const { kv } = await setUp();
      const fields = TEXTS.map((text, index) => [`field ${index}`, text] as const);
      await Promise.all(TEXTS.map((text, index) => kv.set(`text ${index}`, text, { ttlMs: LONG_MS })));
      await kv.hashSet("texts", fields, LONG_MS);
      for (const [index, text] of TEXTS.entries()) {
        expect(await kv.get(`text ${index}`)).toBe(text);
        expect(await kv.hashGet("texts", `field ${index}`)).toBe(text);
      }
      const keys = TEXTS.map((_, index) => `text ${index}`);
      expect(await Promise.all(keys.map((key) => kv.get(key)))).toEqual(TEXTS);
      const [many, hash] = await Promise.all([kv.getMany([...keys, "none"]), kv.hashGetAll("texts")]);
      expect(many).toEqual([...TEXTS, undefined]);
      expect(hash).toEqual(fields);
    });

    it("a hundred reads of one tick are one request, without telemetry, which nothing on the way may cache", async () => {
      const { kv, backend, proxy } = await setUp();
      await Promise.all(Array.from({ length: 100 }, (_, index) => kv.get(`key ${index}`)));
      expect(proxy.count("POST /")).toBe(1);
      expect(backend.stats()).toEqual({ commands: 100, roundTrips: 1, errors: 0 });
      expect(proxy.count("elemetry")).toBe(0);
      expect(proxy.count("cache-control: no-cache")).toBe(1);
    });

    it("a command that fails in a tick rejects itself only", async () => {
      const { kv, proxy } = await setUp();
      await kv.set("text", "x", { ttlMs: LONG_MS });
      const before = proxy.count("POST /");
      const calls = await Promise.allSettled([
        kv.get("text"),
        kv.hashGetAll("text"),
        kv.has("text"),
        kv.increment("text", 1, LONG_MS),
        kv.getMany(["text", "none"]),
      ]);
      expect(calls).toMatchObject([
        { value: "x" },
        { reason: { code: "WRONG_TYPE" } },
        { value: true },
        { reason: { code: "WRONG_TYPE" } },
        { value: ["x", undefined] },
      ]);
      // A script that the server does not know yet is sent once more.
      expect(proxy.count("POST /") - before).toBeLessThanOrEqual(2);
    });

    it("a tick of more than a request may hold is split", async () => {
      const { kv, backend } = await setUp();
      const megabyte = "x".repeat(1_000_000);
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => kv.set(`large ${index}`, megabyte, { ttlMs: LONG_MS })),
      );
      expect(backend.stats()).toMatchObject({ commands: 20, errors: 0 });
      expect(backend.stats().roundTrips).toBeGreaterThan(1);
      expect((await kv.getMany(["large 0", "large 19"])).map((text) => text?.length)).toEqual([1_000_000, 1_000_000]);
    });

    it("a step whose answer is lost is made once and said to be unknown; a read is asked for again", async () => {
      const { kv, proxy } = await setUp();
      await kv.increment("count", 1, LONG_MS);
      let cut = proxy.loseReplyTo("count");
      await expect(kv.increment("count", 1, LONG_MS)).rejects.toMatchObject({
        code: "BACKEND_UNAVAILABLE",
        outcome: "unknown",
      });
      await cut;
      cut = proxy.loseReplyTo("count");
      expect(await kv.get("count")).toBe("2");
      await cut;
    });

    it("a call waits as long as it says itself: less than the backend's limit, or more", async () => {
      const { kv, backend } = await setUp(200);
      await backend.ping();
      await redis.pause();
      await expect(kv.get("slow", { timeoutMs: 30 })).rejects.toMatchObject({ code: "BACKEND_TIMEOUT", timeoutMs: 30 });
      await expect(kv.get("slow")).rejects.toMatchObject({ code: "BACKEND_TIMEOUT", timeoutMs: 200 });
      const patient = kv.increment("slow", 1, LONG_MS, { timeoutMs: 10_000 });
      await sleep(400);
      await redis.resume();
      expect(await patient).toBe(1);
    });

    it("a call that is aborted rejects with the reason, before and while it is under way", async () => {
      const { kv, backend } = await setUp();
      const reason = new Error("changed my mind");
      await expect(kv.get("key", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(backend.stats().commands).toBe(0);
      await redis.pause();
      const controller = new AbortController();
      const call = kv.get("key", { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 30);
      await expect(call).rejects.toBe(reason);
      await redis.resume();
    });

    it("the wrong token and the read-only token are named as such, and nothing is written", async () => {
      for (const [token, advice] of [
        ["wrong-token", /refused the credentials.*token/],
        [gateway.readOnlyToken, /read-only.*full-access/],
      ] as const) {
        const backend = open({ url: gateway.url, token, commandTimeout: 2_000 });
        const error: unknown = await backend.kv
          .set("refused", VALUE, { ttlMs: 1_000 })
          .catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(HoldfastError);
        const everything = inspect(error, { depth: 10, showHidden: true });
        for (const secret of [VALUE, token]) expect(everything).not.toContain(secret);
        expect(error).toMatchObject({ code: "CONFIGURATION", message: expect.stringMatching(advice) });
        await backend.close();
      }
      expect(await (await setUp()).kv.has("refused")).toBe(false);
    });
  });
}
