import { inspect } from "node:util";
import { upstashBackend } from "@holdfast/adapter-upstash";
import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
import { startTcpProxy } from "@holdfast/test-servers";
import { describe, expect, it } from "vitest";
import { createClient, useClients } from "./clients.ts";

// Each test shows a fault in a client as it is today, and then the same in Holdfast, where it cannot happen.

const clients = useClients();

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

describe("undocumented: a lost answer", () => {
  it.each(["default settings", "retry: false"])(
    "raw, %s: the write is made again; Holdfast: once, and said to be unknown",
    async (settings) => {
      await using proxy = await startTcpProxy({ port: Number(new URL(clients.gateway.url).port) });
      const url = `http://127.0.0.1:${proxy.port}`;
      const raw = clients.upstash({ url, ...(settings === "retry: false" ? { retry: false } : {}) });
      await raw.ping();
      let cut = proxy.loseReplyTo("views");
      await raw.incr("views");
      await cut;
      expect(await clients.direct.get("views")).toBe("2");

      const { kv, backend } = clients.holdfast({ url });
      await kv.increment("visits");
      cut = proxy.loseReplyTo("visits");
      await expect(kv.increment("visits")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "unknown" });
      await cut;
      expect(await clients.direct.get("hf:k:app:visits")).toBe("2");
      // What is safe to repeat is repeated, unseen.
      cut = proxy.loseReplyTo("visits");
      expect(await kv.get("visits")).toBe(2);
      await cut;
      await backend.close();
    },
  );
});

describe("undocumented: values in errors", () => {
  it("raw: the message repeats the whole command, all 11 MB of it; Holdfast: nothing does", async () => {
    const secret = "a-secret-value".repeat(800_000);
    const raw = clients.upstash({ enableAutoPipelining: false });
    const message = await raw.set("key", secret).catch((error: Error) => error.message);
    expect(String(message).length).toBeGreaterThan(11_000_000);
    expect(message).toContain("a-secret-value");

    const { kv } = clients.holdfast();
    const error: unknown = await kv.set("key", secret, { ttl: "1m" }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: expect.stringMatching(/QUOTA_EXCEEDED|VALUE_TOO_LARGE/) });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("a-secret-value");
  });
});

describe("undocumented: an aborted read", () => {
  it("raw: it resolves to null, as if the key were missing; Holdfast: it rejects", async () => {
    await clients.direct.set("key", "value");
    const raw = clients.upstash({ enableAutoPipelining: false, signal: AbortSignal.abort() });
    expect(await raw.get("key")).toBeNull();
    const { kv } = clients.holdfast();
    await expect(kv.get("key", { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
