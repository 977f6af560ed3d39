import { describe, expect, it } from "vitest";
import { useClients } from "./clients.ts";

// Each test shows a fault in a client as it is today, and then the same in Holdfast, where it cannot happen.
// The numbers are those of the document that this project was created from, and of its list of undocumented faults.

const clients = useClients();

describe("issue 2: numeric strings and large ids", () => {
  it("raw: strings come back as numbers, and lose digits; Holdfast: they come back as they went in", async () => {
    const raw = clients.vercel();
    await raw.hset("hash", { code: "123456", id: "9007199254740993" });
    expect(await raw.hgetall("hash")).toHaveProperty("code", 123_456);
    expect(await raw.hmget("hash", "id")).toEqual({ id: 9_007_199_254_740_992 });
    await clients.direct.set("json", '{"id":9007199254740993}');
    expect(await raw.get("json")).toEqual({ id: 9_007_199_254_740_992 });
    // A lone one is spared: what comes back depends on the command and on the digits.
    await raw.set("alone", "9007199254740993");
    expect(await raw.get("alone")).toBe("9007199254740993");

    const { kv } = clients.holdfast();
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
    const raw = clients.upstash({ automaticDeserialization: false });
    await raw.set("bom", "\ufefftext");
    expect(await raw.get("bom")).toBe("text");
    const { kv } = clients.holdfast();
    await kv.set("bom", "\ufefftext", { ttl: "1m" });
    expect(await kv.get("bom")).toBe("\ufefftext");
  });

  it("raw: dates, maps and gaps become something else without a word; Holdfast: they come back, or are refused", async () => {
    const raw = clients.upstash();
    const value = { at: new Date(0), seen: new Map([["a", 1]]), gap: undefined };
    await raw.set("key", value);
    expect(await raw.get("key")).toEqual({ at: "1970-01-01T00:00:00.000Z", seen: {} });
    const { kv } = clients.holdfast();
    await kv.set("key", value, { ttl: "1m" });
    expect(await kv.get("key")).toStrictEqual(value);
    await expect(kv.set("key", { onClick: () => 1 }, { ttl: "1m" })).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining("$.onClick"),
    });
  });
});

describe("issue 4: a TTL that is ignored", () => {
  it.each([{ ex: "60" }, { EX: 60 }])(
    "raw, %o: stored for ever without a word; Holdfast: does not compile, throws, and writes nothing",
    async (options) => {
      const raw = clients.upstash();
      await raw.set("key", "value", options as never);
      expect(await raw.ttl("key")).toBe(-1);
      const { kv, backend } = clients.holdfast();
      // @ts-expect-error a TTL is required
      await expect(kv.set("key", "value", options)).rejects.toBeInstanceOf(RangeError);
      expect(backend.stats().commands).toBe(0);
    },
  );

  it("raw: a later set without a word about it takes the TTL away; Holdfast: every set says one", async () => {
    const raw = clients.vercel();
    await raw.set("key", "value", { ex: 60 });
    await raw.set("key", "value");
    expect(await raw.ttl("key")).toBe(-1);
    const { kv, backend } = clients.holdfast();
    // @ts-expect-error a TTL is required
    await expect(kv.set("key", "value")).rejects.toBeInstanceOf(RangeError);
    expect(backend.stats().commands).toBe(0);
    await kv.set("key", "value", { ttl: "forever" });
    expect(await kv.ttl("key")).toBe("forever");
  });
});

describe("issue 7: null", () => {
  it("raw: a stored null and a missing key look the same; Holdfast: null is a value, undefined is missing", async () => {
    const raw = clients.upstash();
    await raw.set("key", null);
    expect([await raw.get("key"), await raw.get("none")]).toEqual([null, null]);
    const { kv } = clients.holdfast();
    await kv.set("key", null, { ttl: "1m" });
    expect([await kv.get("key"), await kv.get("none")]).toEqual([null, undefined]);
  });
});
