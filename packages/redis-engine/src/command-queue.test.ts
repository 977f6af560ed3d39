import { BackendTimeoutError, BackendUnavailableError, ConfigurationError, WrongTypeError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { CommandQueue } from "./command-queue.ts";
import type { CommandInFlight, RedisTransport, TransportFailure } from "./redis-transport.ts";
import { decodeText, decodeTexts } from "./replies.ts";

const LOST: TransportFailure = { kind: "unreachable", message: "socket closed", outcome: "unknown" };
const REFUSED: TransportFailure = { kind: "unreachable", message: "connect ECONNREFUSED", outcome: "not-applied" };

/** A transport whose trips the test answers by hand: real servers do not lose replies on demand. */
class ManualTransport implements RedisTransport {
  readonly trips: (readonly CommandInFlight[])[] = [];
  answer: ((commands: readonly CommandInFlight[]) => void) | undefined;
  maxTripCharacters: number | undefined;

  send(commands: readonly CommandInFlight[]): void {
    this.trips.push(commands);
    for (const command of commands) command.markSent();
    this.answer?.(commands);
  }

  async close(): Promise<void> {}
}

function setUp(options: { timeoutMs?: number; retries?: number } = {}) {
  const transport = new ManualTransport();
  const queue = new CommandQueue(transport, { name: "test", timeoutMs: 1_000, retries: 2, ...options });
  const get = (key: string, repeat: "repeatable" | "once" = "repeatable") =>
    queue.call(["GET", key], decodeText, repeat);
  return { transport, queue, get };
}

const echo = (commands: readonly CommandInFlight[]) => {
  for (const { command, succeed } of commands.map((c) => ({ command: c.command, succeed: c.succeed.bind(c) }))) {
    succeed(`value of ${command[1]}`);
  }
};

describe("batching", () => {
  it("sends what is issued in one tick in one trip, in order, each with its own reply", async () => {
    const { transport, queue, get } = setUp();
    transport.answer = echo;
    const values = await Promise.all(["a", "b", "c"].map((key) => get(key)));
    expect(values).toEqual(["value of a", "value of b", "value of c"]);
    expect(transport.trips.map((trip) => trip.map(({ command }) => command[1]))).toEqual([["a", "b", "c"]]);
    expect(queue.stats()).toEqual({ commands: 3, roundTrips: 1, errors: 0 });
  });

  it("gathers callers that one reply woke, although they are some microtasks apart", async () => {
    const { transport, get } = setUp();
    transport.answer = echo;
    const late = async (depth: number) => {
      for (let hop = 0; hop < depth; hop += 1) await undefined;
      return get(`depth ${depth}`);
    };
    await Promise.all([late(0), late(1), late(2)]);
    expect(transport.trips).toHaveLength(1);
  });

  it("does not let one command's failure, or a reply that cannot be read, touch the others", async () => {
    const { transport, queue, get } = setUp();
    transport.answer = ([first, second, third]) => {
      first?.fail({ kind: "rejected", message: "WRONGTYPE Operation against a key holding the wrong kind of value" });
      second?.succeed("fine");
      third?.succeed([]);
    };
    const outcomes = await Promise.allSettled([get("a"), get("b"), get("c")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect(outcomes[0]).toHaveProperty("reason", expect.any(WrongTypeError));
    expect(queue.stats().errors).toBe(2);
  });

  it("splits a tick over the transport's size limit and over 1,000 commands", async () => {
    const { transport, get, queue } = setUp();
    transport.answer = echo;
    transport.maxTripCharacters = 100;
    await Promise.all(["x".repeat(60), "y".repeat(60), "z".repeat(300), "w"].map((key) => get(key)));
    expect(transport.trips.map((trip) => trip.length)).toEqual([1, 1, 1, 1]);
    transport.maxTripCharacters = undefined;
    await Promise.all(Array.from({ length: 2_001 }, (_, index) => get(String(index))));
    expect(queue.stats().roundTrips).toBe(4 + 3);
  });
});

describe("merging", () => {
  const REJECTED: TransportFailure = { kind: "rejected", message: "NOPERM No permissions to access a key" };

  function setUpReads() {
    const { transport, queue, get } = setUp();
    const read = (...keys: string[]) => queue.call(["MGET", ...keys], decodeTexts, "repeatable");
    const sent = () => transport.trips.map((trip) => trip.map(({ command }) => command.join(" ")));
    transport.answer = (commands) => {
      for (const one of commands) one.succeed(one.command.slice(1).map((key) => `value of ${key}`));
    };
    return { transport, queue, get, read, sent };
  }

  it("sends reads that follow each other as one that asks for each key once", async () => {
    const { queue, read, sent } = setUpReads();
    expect(await Promise.all([read("a", "tag"), read("b", "tag"), read("a")])).toEqual([
      ["value of a", "value of tag"],
      ["value of b", "value of tag"],
      ["value of a"],
    ]);
    expect(sent()).toEqual([["MGET a tag b"]]);
    expect(queue.stats()).toEqual({ commands: 1, roundTrips: 1, errors: 0 });
  });

  it("moves no read past a write, and asks for no more than 1,000 keys at once", async () => {
    const { transport, queue, read, sent } = setUpReads();
    const write = queue.call(["SET", "b", "new"], decodeTexts, "once");
    const reads = [read("a"), read("b"), queue.call(["SET", "b", "newer"], decodeTexts, "once"), read("b"), read("c")];
    await Promise.all([write, ...reads]);
    expect(sent()).toEqual([["SET b new", "MGET a b", "SET b newer", "MGET b c"]]);
    const names = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
    await Promise.all([read(...names), read("z"), read("y")]);
    expect(transport.trips.at(-1)!.map(({ command }) => command.length)).toEqual([1_001, 3]);
  });

  it("sends them singly when the whole is refused, so that only who is to blame fails", async () => {
    const { transport, read, sent } = setUpReads();
    transport.answer = (commands) => {
      for (const one of commands) {
        if (one.command.includes("secret")) one.fail(REJECTED);
        else one.succeed(["fine"]);
      }
    };
    const outcomes = await Promise.allSettled([read("a"), read("secret"), read("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(sent()).toEqual([["MGET a secret b"], ["MGET a", "MGET secret", "MGET b"]]);
  });

  it("leaves each caller limits, signals and repetitions of its own", async () => {
    const { transport, queue, read } = setUpReads();
    const answers = [
      ([first]: readonly CommandInFlight[]) => first?.fail(LOST),
      ([first]: readonly CommandInFlight[]) => first?.succeed(["late", "late"]),
    ];
    transport.answer = (commands) => answers.shift()?.(commands);
    const leave = new AbortController();
    const left = queue.call(["MGET", "b"], decodeTexts, "repeatable", { signal: leave.signal });
    const stays = read("a");
    await new Promise((resolve) => setTimeout(resolve));
    leave.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    expect(await stays).toEqual(["late", "late"]);
    expect(transport.trips.map((trip) => trip.map(({ command }) => command.length))).toEqual([[3], [2]]);
  });

  it("leaves reads as they are on a cluster, where one command's keys must share a slot", async () => {
    const transport = Object.assign(new ManualTransport(), { slotOf: () => 0 });
    const queue = new CommandQueue(transport, { name: "test", timeoutMs: 1_000, retries: 0 });
    transport.answer = (commands) => {
      for (const one of commands) one.succeed([null]);
    };
    await Promise.all(["a", "b"].map((key) => queue.call(["MGET", key], decodeTexts, "repeatable")));
    expect(transport.trips.map((trip) => trip.length)).toEqual([2]);
  });
});

describe("repeating", () => {
  it("repeats a repeatable command whose reply was lost", async () => {
    const { transport, get } = setUp();
    transport.answer = (commands) => (transport.trips.length === 1 ? commands[0]?.fail(LOST) : echo(commands));
    expect(await get("a")).toBe("value of a");
    expect(transport.trips).toHaveLength(2);
  });

  it("never repeats another command whose reply was lost, and says that the outcome is unknown", async () => {
    const { transport, get } = setUp();
    transport.answer = ([command]) => command?.fail(LOST);
    await expect(get("a", "once")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "unknown" });
    expect(transport.trips).toHaveLength(1);
  });

  it("repeats any command that surely was not applied", async () => {
    const { transport, get } = setUp();
    transport.answer = (commands) => (transport.trips.length === 1 ? commands[0]?.fail(REFUSED) : echo(commands));
    expect(await get("a", "once")).toBe("value of a");
  });

  it("repeats while the server loads its data, and not when the command itself is wrong", async () => {
    const { transport, get } = setUp();
    transport.answer = (commands) =>
      transport.trips.length === 1
        ? commands[0]?.fail({ kind: "rejected", message: "LOADING Redis is loading the dataset in memory" })
        : echo(commands);
    expect(await get("a", "once")).toBe("value of a");
    transport.answer = ([command]) => command?.fail({ kind: "rejected", message: "WRONGTYPE" });
    await expect(get("b")).rejects.toBeInstanceOf(WrongTypeError);
    expect(transport.trips).toHaveLength(3);
  });

  it("gives up after the given number of repetitions", async () => {
    const { transport, get } = setUp({ retries: 2 });
    transport.answer = ([command]) => command?.fail(REFUSED);
    await expect(get("a")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(transport.trips).toHaveLength(3);
  });

  it("does not repeat past the caller's timeout", async () => {
    const { transport, get } = setUp({ timeoutMs: 5 });
    transport.answer = ([command]) => command?.fail(REFUSED);
    await expect(get("a")).rejects.toBeInstanceOf(BackendUnavailableError);
    expect(transport.trips).toHaveLength(1);
  });
});

describe("bounds", () => {
  it("fails with a timeout whose outcome is unknown once the command was sent", async () => {
    const { get } = setUp({ timeoutMs: 20 });
    const error = await get("secret-key").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendTimeoutError);
    expect(error).toMatchObject({ timeoutMs: 20, outcome: "unknown" });
    expect(String(error)).not.toContain("secret-key");
  });

  it("says why there was no connection, and that nothing was applied, when the command was never sent", async () => {
    const { transport, queue } = setUp({ timeoutMs: 20 });
    transport.send = () => {};
    Object.assign(transport, { lastFailure: () => REFUSED });
    const error = await queue.call(["GET", "a"], decodeText, "once").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    expect(String(error)).toContain("ECONNREFUSED");
  });

  it("prefers the call's own timeout, shorter or longer", async () => {
    const { queue, transport } = setUp({ timeoutMs: 40 });
    const short = queue.call(["GET", "a"], decodeText, "repeatable", { timeoutMs: 10 });
    await expect(short).rejects.toMatchObject({ timeoutMs: 10 });
    const long = queue.call(["GET", "b"], decodeText, "repeatable", { timeoutMs: 2_000 });
    setTimeout(() => transport.trips[1]?.[0]?.succeed("late"), 80);
    expect(await long).toBe("late");
  });

  it.each([
    ["the backend's", 30 * 86_400_000, undefined],
    ["the call's own", 1_000, 30 * 86_400_000],
  ])("waits where a timeout is longer than timers go: %s", async (_whose, timeoutMs, own) => {
    const { queue, transport } = setUp({ timeoutMs });
    const call = queue.call(["GET", "a"], decodeText, "repeatable", { timeoutMs: own });
    setTimeout(() => transport.trips[0]?.[0]?.succeed("late"), 30);
    expect(await call).toBe("late");
  });

  it("ignores a reply that comes after the caller has gone", async () => {
    const { transport, get } = setUp({ timeoutMs: 10 });
    await expect(get("a")).rejects.toBeInstanceOf(BackendTimeoutError);
    transport.trips[0]?.[0]?.succeed("late");
    transport.trips[0]?.[0]?.fail(LOST);
  });

  it("rejects with the signal's reason and sends nothing if it was aborted before", async () => {
    const { transport, queue } = setUp();
    const reason = new Error("changed my mind");
    const call = queue.call(["GET", "a"], decodeText, "repeatable", { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    expect(transport.trips).toHaveLength(0);
  });

  it("rejects at once when the signal aborts, before or after sending, and leaves no listener", async () => {
    const { transport, queue } = setUp();
    const early = new AbortController();
    const call = queue.call(["GET", "a"], decodeText, "repeatable", { signal: early.signal });
    early.abort(new Error("early"));
    await expect(call).rejects.toThrow("early");
    expect(transport.trips).toHaveLength(0);

    const late = new AbortController();
    const sent = queue.call(["GET", "b"], decodeText, "repeatable", { signal: late.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    late.abort(new Error("late"));
    await expect(sent).rejects.toThrow("late");
  });

  it("lets a signal's abort end a wait between repetitions", async () => {
    const { transport, queue } = setUp();
    transport.answer = ([command]) => command?.fail(REFUSED);
    const controller = new AbortController();
    const call = queue.call(["GET", "a"], decodeText, "repeatable", { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
  });
});

describe("draining", () => {
  it("waits for calls under way and refuses new ones", async () => {
    const { transport, queue, get } = setUp();
    const call = get("a");
    const drained = queue.drain();
    await expect(get("b")).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE", outcome: "not-applied" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    transport.trips[0]?.[0]?.succeed("in time");
    await drained;
    expect(await call).toBe("in time");
  });

  it("turns a misconfiguration into advice", async () => {
    const { transport, get } = setUp();
    transport.answer = ([command]) => command?.fail({ kind: "misconfigured", message: "Use the TLS port." });
    const error = await get("a").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain("Use the TLS port.");
  });
});
