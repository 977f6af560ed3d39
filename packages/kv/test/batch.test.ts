import { memoryBackend } from "@holdfast/adapter-memory";
import { BatchError, type KeyValueStore } from "@holdfast/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createKv } from "../src/index.ts";

function setUp() {
  const backend = memoryBackend();
  return { backend, kv: createKv({ backend, namespace: "test" }) };
}

describe("a batch", () => {
  it("gives each command's result, typed, in order", async () => {
    const { kv } = setUp();
    await kv.set("a", "text", { ttl: "1m" });
    const results = await kv.batch((b) => [
      b.get("a"),
      b.increment("n"),
      b.set("c", 1, { ttl: "1m" }),
      b.getMany(["a", "x"]),
      b.has("c"),
      b.ttl("n"),
    ]);
    expectTypeOf(results).toEqualTypeOf<
      [unknown, number, boolean, unknown[], boolean, number | "forever" | undefined]
    >();
    expect(results).toEqual(["text", 1, true, ["text", undefined], true, "forever"]);
    const more = await kv.batch((b) => [
      b.hashSet("h", { x: 1 }, { ttl: "1m" }),
      b.hashIncrement("h", "x", 2),
      b.hashGet("h", "x"),
      b.hashGetAll("h"),
      b.hashDelete("h", "x"),
      b.touch("a", "1h"),
      b.compareAndSet("a", "text", "next", { ttl: "1m" }),
      b.delete("a", "c"),
    ]);
    expect(more).toEqual([undefined, 3, 3, { x: 3 }, 1, true, true, 2]);
    expect(await kv.batch(() => [])).toEqual([]);
  });

  it("throws one error with every outcome where a command fails, and the others are done", async () => {
    const { kv } = setUp();
    await kv.set("text", "secret", { ttl: "1m" });
    const error = await kv
      .batch((b) => [b.increment("n"), b.increment("text"), b.increment("n")])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BatchError);
    const { message, results } = error as BatchError;
    expect(message).toMatch(/^1 of 3 commands failed.*WRONG_TYPE/);
    expect(message).not.toContain("secret");
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[2]).toHaveProperty("value", 2);
  });

  it("settles instead, where that is asked for", async () => {
    const { kv } = setUp();
    await kv.set("text", "x", { ttl: "1m" });
    const outcomes = await kv.batch((b) => [b.increment("text"), b.get("text")], { settle: true });
    expectTypeOf(outcomes).toEqualTypeOf<[PromiseSettledResult<number>, PromiseSettledResult<unknown>]>();
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("settles each command although a store throws instead of rejecting", async () => {
    const backend = memoryBackend();
    const fault = new Error("no promise");
    const throwing: KeyValueStore = Object.create(backend.kv, {
      has: {
        value: () => {
          throw fault;
        },
      },
      set: { value: backend.kv.set.bind(backend.kv) },
    }) as KeyValueStore;
    const kv = createKv({ backend: { name: "throwing", kv: throwing }, namespace: "test" });
    await expect(kv.has("a")).rejects.toBe(fault);
    const outcomes = await kv.batch((b) => [b.has("a"), b.set("a", 1, { ttl: "1m" })], { settle: true });
    expect(outcomes).toEqual([
      { status: "rejected", reason: fault },
      { status: "fulfilled", value: true },
    ]);
  });

  it("sends nothing if one of its commands cannot be sent", async () => {
    const { kv, backend } = setUp();
    const before = backend.stats().commands;
    await expect(
      kv.batch((b) => [b.set("a", 1, { ttl: "1m" }), b.set("b", () => 1, { ttl: "1m" })]),
    ).rejects.toMatchObject({ code: "SERIALIZATION" });
    expect(backend.stats().commands).toBe(before);
  });
});
