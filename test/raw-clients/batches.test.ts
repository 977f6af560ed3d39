import type { BatchError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { useClients } from "./clients.ts";

// Each test shows a fault in a client as it is today, and then the same in Holdfast, where it cannot happen.

const clients = useClients();

describe("issue 8: one failing command of a pipeline", () => {
  it("raw: the first error is thrown and the other results are lost; Holdfast: every outcome is there", async () => {
    await clients.direct.set("text", "x");
    const raw = clients.upstash();
    const pipeline = raw.pipeline().incr("count").incr("text").incr("count");
    await expect(pipeline.exec()).rejects.toThrow(/Command 2 \[ incr \] failed/);
    expect(await clients.direct.get("count")).toBe("2");

    const { kv } = clients.holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const error = await kv
      .batch((b) => [b.increment("n"), b.increment("text"), b.increment("n")])
      .catch((reason: unknown) => reason);
    expect((error as BatchError).results).toMatchObject([{ value: 1 }, { status: "rejected" }, { value: 2 }]);
  });

  it("raw: with keepErrors a failing hgetall still loses all of them; Holdfast: only its own", async () => {
    await clients.direct.set("text", "x");
    const raw = clients.upstash();
    const pipeline = raw.pipeline().get("text").hgetall("text");
    await expect(pipeline.exec({ keepErrors: true })).rejects.toThrow(TypeError);

    const { kv } = clients.holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const results = await kv.batch((b) => [b.get("text"), b.hashGet("text", "field")] as const, { settle: true });
    expect(results).toMatchObject([{ value: "x" }, { reason: { code: "WRONG_TYPE" } }]);
  });

  it("raw: a failing hmget rejects unrelated reads of the same tick; Holdfast: only itself", async () => {
    await clients.direct.mset("text", "x", "other", "y");
    const raw = clients.upstash();
    const calls = await Promise.allSettled([raw.get("other"), raw.hmget("text", "field")]);
    expect(calls.map(({ status }) => status)).toEqual(["rejected", "rejected"]);

    const { kv } = clients.holdfast();
    await kv.set("text", "x", { ttl: "1m" });
    const ours = await Promise.allSettled([kv.get("text"), kv.hash("text").get("field"), kv.has("text")]);
    expect(ours.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});

describe("undocumented: auto-pipelining", () => {
  it.each(["upstash", "vercel"] as const)(
    "raw %s: a command that cannot be built shifts the batch, and one caller gets another's data; Holdfast: each its own",
    async (name) => {
      await clients.direct.mset("a", "A", "b", "B", "c", "C");
      const raw = clients[name]();
      const [, bad, b] = await Promise.allSettled([raw.get("a"), raw.get(10n as never), raw.get("b"), raw.get("c")]);
      expect(bad!.status).toBe("rejected");
      expect(b).toEqual({ status: "fulfilled", value: "C" });

      const { kv } = clients.holdfast();
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
    },
  );
});
