import { describe, expect, it } from "vitest";
import { createRedisBackend } from "./redis-backend.ts";
import type { CommandInFlight, RedisReply, RedisTransport } from "./redis-transport.ts";

/** Answers from a function of the command and records what was sent; the real servers' tests are conformance's. */
function recording(
  reply: (command: CommandInFlight["command"]) => RedisReply | Error,
  extra: Partial<RedisTransport> = {},
) {
  const sent: CommandInFlight["command"][] = [];
  const transport: RedisTransport = {
    send(commands) {
      for (const pending of commands) {
        pending.markSent();
        sent.push(pending.command);
        const answer = reply(pending.command);
        if (answer instanceof Error) pending.fail({ kind: "rejected", message: answer.message });
        else pending.succeed(answer);
      }
    },
    close: async () => {},
    ...extra,
  };
  return { sent, backend: createRedisBackend({ name: "test", transport, commandTimeoutMs: 1_000, retries: 0 }) };
}

describe("scripts", () => {
  it("sends the text first, then the digest, and the text again where the server forgot it", async () => {
    let forgotten = false;
    const { sent, backend } = recording(([name]) => (name === "EVALSHA" && forgotten ? new Error("NOSCRIPT") : 1));
    await backend.kv.increment("a", 1, "forever");
    await expect
      .poll(async () => {
        await backend.kv.increment("a", 1, "forever");
        return sent.at(-1)?.[0];
      })
      .toBe("EVALSHA");
    forgotten = true;
    expect(await backend.kv.increment("a", 1, "forever")).toBe(1);
    expect(sent.at(-1)?.[0]).toBe("EVAL");
    expect(sent.at(-2)?.[0]).toBe("EVALSHA");
  });
});

describe("clusters", () => {
  const slotOf = (key: string) => key.length;

  it("splits a read by slot, in one trip, and puts the values back in order", async () => {
    const { sent, backend } = recording((command) => command.slice(1).map((key) => `<${key}>`), { slotOf });
    const keys = ["a", "bb", "c", "dd", "a"];
    expect(await backend.kv.getMany(keys)).toEqual(["<a>", "<bb>", "<c>", "<dd>", "<a>"]);
    expect(sent).toEqual([
      ["MGET", "a", "c", "a"],
      ["MGET", "bb", "dd"],
    ]);
    expect(backend.stats()).toMatchObject({ commands: 2, roundTrips: 1 });
  });

  it("splits a removal by slot and adds up the counts", async () => {
    const { backend } = recording((command) => command.length - 1, { slotOf });
    expect(await backend.kv.delete(["a", "bb", "c"])).toBe(3);
  });

  it("scans every master", async () => {
    const master = (key: string): Pick<RedisTransport, "send"> => ({
      send: ([scan]) => scan?.succeed(scan.command[1] === "0" ? ["7", []] : ["0", [`p:${key}`]]),
    });
    const { backend } = recording(() => "PONG", { masters: () => [master("one"), master("two")], keyPrefix: "p:" });
    const pages: (readonly string[])[] = [];
    for await (const page of backend.kv.scan("", 10)) pages.push(page);
    expect(pages).toEqual([["one"], ["two"]]);
    expect(backend.stats().commands).toBe(5);
  });
});

describe("replies that are not what Redis gives", () => {
  it.each([
    ["text", [] as RedisReply, () => (backend: ReturnType<typeof recording>["backend"]) => backend.kv.get("a")],
    [
      "a list",
      "text" as RedisReply,
      () => (backend: ReturnType<typeof recording>["backend"]) => backend.kv.getMany(["a", "b"]),
    ],
    ["a number", "text" as RedisReply, () => (backend: ReturnType<typeof recording>["backend"]) => backend.kv.has("a")],
  ])("where %s was expected, it says so", async (wanted, reply, operation) => {
    const { backend } = recording(() => reply);
    await expect(operation()(backend)).rejects.toThrow(`where ${wanted} was expected`);
  });
});

describe("closing", () => {
  it("closes the transport once, however often it is asked", async () => {
    let closed = 0;
    const { backend } = recording(() => null, {
      close: async () => {
        closed += 1;
      },
    });
    await Promise.all([backend.close(), backend.close(), backend[Symbol.asyncDispose]()]);
    expect(closed).toBe(1);
    await expect(backend.kv.get("a")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
  });
});
