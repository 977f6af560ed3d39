import { BackendUnavailableError, InvalidKeyError, ValueTooLargeError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";
import { deferred, sleep, twoProcesses } from "./set-up.ts";

describe("one computation", () => {
  it("for a thousand callers of two processes, each of whom gets an object of their own", async () => {
    const { a, b } = twoProcesses<{ n: number }>();
    let runs = 0;
    const factory = async () => {
      runs += 1;
      await sleep(20);
      return { n: runs };
    };
    const callers = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? a : b).getOrSet("key", factory));
    const values = await Promise.all(callers);
    expect(runs).toBe(1);
    expect(new Set(values).size).toBe(1_000);
    expect(values.every(({ n }) => n === 1)).toBe(true);
  });

  it("for callers who come while it runs", async () => {
    const { a, b } = twoProcesses<number>();
    const source = deferred<number>();
    const first = a.getOrSet("key", () => source.promise);
    await sleep(10);
    const second = a.getOrSet("key", () => 2);
    const third = b.getOrSet("key", () => 3);
    await sleep(10);
    source.resolve(1);
    expect(await Promise.all([first, second, third])).toEqual([1, 1, 1]);
    expect(a.stats()).toMatchObject({ factoryRuns: 1, joined: 1 });
    expect(b.stats().factoryRuns).toBe(0);
  });

  it("for one key only, whatever keys and tags hold", async () => {
    const { a } = twoProcesses<string>();
    const values = await Promise.all([
      a.getOrSet("a\nb", () => "of a and b", { tags: ["c"] }),
      a.getOrSet("a", () => "of a", { tags: ["b", "c"] }),
      a.getOrSet('["a","b"]', () => "of brackets"),
      a.getOrSet(" a", () => "of a blank"),
    ]);
    expect(values).toEqual(["of a and b", "of a", "of brackets", "of a blank"]);
  });

  it("may have limits that are longer than a timer can wait", async () => {
    const { a, b, events } = twoProcesses<number>({ leaseTtl: "90d", hardTimeout: "30d" });
    const factory = async () => {
      await sleep(30);
      return 1;
    };
    expect(await Promise.all([a.getOrSet("key", factory), b.getOrSet("key", factory)])).toEqual([1, 1]);
    expect(events.filter(({ type }) => type === "factoryError" || type === "storeError")).toEqual([]);
  });

  it("whose failure rejects everyone once, here and elsewhere, and is not cached", async () => {
    const { a, b } = twoProcesses<number>();
    let runs = 0;
    const factory = async () => {
      runs += 1;
      await sleep(20);
      throw new Error("the source is down");
    };
    const here = Array.from({ length: 50 }, () => a.getOrSet("key", factory));
    await sleep(5);
    const elsewhere = Array.from({ length: 50 }, () => b.getOrSet("key", factory));
    const outcomes = await Promise.allSettled([...here, ...elsewhere]);
    expect(runs).toBe(1);
    const reasons = outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason));
    expect(new Set(reasons.slice(0, 50))).toEqual(new Set(["Error: the source is down"]));
    expect(new Set(reasons.slice(50)).size).toBe(1);
    expect(outcomes[99]).toHaveProperty("reason.code", "FACTORY_FAILED");
    expect(await b.getOrSet("key", () => 7)).toBe(7);
  });

  it("that outlives its lease is renewed, not replaced", async () => {
    const { a, b } = twoProcesses<number>({ leaseTtl: 60 });
    let runs = 0;
    const factory = async () => {
      runs += 1;
      await sleep(250);
      return runs;
    };
    const first = a.getOrSet("key", factory);
    await sleep(10);
    expect(await Promise.all([first, b.getOrSet("key", factory)])).toEqual([1, 1]);
  });

  it("whose holder has died is replaced when the lease ends", async () => {
    const { a, b, backends } = twoProcesses<number>({ leaseTtl: 80 });
    void a.getOrSet("key", () => new Promise<number>(() => {})).catch(() => {});
    await sleep(10);
    // The holder's process is gone: nothing of it reaches the store any more.
    await backends[0].close();
    expect(await b.getOrSet("key", () => 2)).toBe(2);
  });
});

describe("aborting", () => {
  it("rejects only the one who aborts", async () => {
    const { a } = twoProcesses<number>();
    const source = deferred<number>();
    const controller = new AbortController();
    const leaving = a.getOrSet("key", () => source.promise, { signal: controller.signal });
    const staying = a.getOrSet("key", () => source.promise);
    await sleep(5);
    controller.abort(new Error("enough"));
    await expect(leaving).rejects.toThrow("enough");
    source.resolve(1);
    expect(await staying).toBe(1);
  });

  it("aborts the factory when the last one has left, and lets the next begin at once", async () => {
    const { a, b } = twoProcesses<number>();
    const controllers = [new AbortController(), new AbortController()];
    let aborted = 0;
    const calls = controllers.map(({ signal }) =>
      a.getOrSet(
        "key",
        ({ signal: own }) =>
          new Promise<number>(() => {
            own.addEventListener("abort", () => {
              aborted += 1;
            });
          }),
        { signal },
      ),
    );
    const settled = Promise.allSettled(calls);
    await sleep(5);
    controllers[0]!.abort(new Error("one"));
    await sleep(5);
    expect(aborted).toBe(0);
    controllers[1]!.abort(new Error("two"));
    const outcomes = await settled;
    expect(outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason))).toEqual([
      "Error: one",
      "Error: two",
    ]);
    expect(aborted).toBe(1);
    expect(await b.getOrSet("key", () => 2)).toBe(2);
  });

  it("refuses a call whose signal was aborted before, without asking the store", async () => {
    const { a, backends } = twoProcesses<number>();
    const call = a.getOrSet("key", () => 1, { signal: AbortSignal.abort(new Error("early")) });
    await expect(call).rejects.toThrow("early");
    await sleep(5);
    expect(a.stats().factoryRuns).toBe(0);
    expect(backends[0].stats().commands).toBeLessThanOrEqual(1);
  });
});

describe("results", () => {
  it("may be null and undefined", async () => {
    const { a, b } = twoProcesses<null | undefined>();
    expect(await a.getOrSet("null", () => null)).toBeNull();
    expect(await a.getOrSet("undefined", () => undefined)).toBeUndefined();
    const notAgain = () => {
      throw new Error("it ran again");
    };
    expect(await b.getOrSet("null", notAgain)).toBeNull();
    expect(await b.getOrSet("undefined", notAgain)).toBeUndefined();
  });

  it("keep every kind of value", async () => {
    const { a, b } = twoProcesses();
    const value = { when: new Date(5), big: 10n ** 30n, map: new Map([["a", new Set([1])]]), not: Number.NaN };
    await a.set("key", value);
    expect(await b.get("key")).toEqual(value);
  });

  it("are not stored when the factory skips, or when they are too large and that is to be passed over", async () => {
    const { a, b } = twoProcesses<string>({ maxValueBytes: 10, onTooLarge: "skip" });
    expect(
      await a.getOrSet("skipped", (context) => {
        context.skip();
        return "x";
      }),
    ).toBe("x");
    expect(await a.getOrSet("large", () => "x".repeat(20))).toBe("x".repeat(20));
    expect(await b.getMany(["skipped", "large"])).toEqual(new Map());
  });

  it("are refused when they are too large, before anything is sent", async () => {
    const { a, b } = twoProcesses<string>({ maxValueBytes: 10 });
    await expect(a.set("key", "x".repeat(20))).rejects.toBeInstanceOf(ValueTooLargeError);
    await expect(a.getOrSet("key", () => "x".repeat(20))).rejects.toBeInstanceOf(ValueTooLargeError);
    expect(await b.getOrSet("key", () => "small")).toBe("small");
  });

  it("can set their own TTL and tags", async () => {
    const { a, b } = twoProcesses<number>();
    await a.getOrSet("short", (context) => {
      context.setTtl(30);
      return 1;
    });
    await a.getOrSet(
      "tagged",
      (context) => {
        context.setTags(["late"]);
        return 2;
      },
      { tags: ["early"] },
    );
    expect(await b.getMany(["short", "tagged"])).toEqual(
      new Map([
        ["short", 1],
        ["tagged", 2],
      ]),
    );
    await b.invalidateTags("late");
    await sleep(40);
    expect(await a.getMany(["short", "tagged"])).toEqual(new Map());
  });

  it("compress above a size, and come back", async () => {
    const { a, b, storage } = twoProcesses<string>({ compressAboveBytes: 100 });
    const text = "Holdfast ".repeat(1_000);
    await a.set("key", text);
    expect(await b.get("key")).toBe(text);
    const [entry] = storage.cacheEntries.keys().map((key) => storage.cacheEntries.get(key));
    expect(entry!.text.length).toBeLessThan(1_000);
  });
});

describe("bad input", () => {
  const wide = createCache({ backend: twoProcesses().backends[0], namespace: "bad", ttl: "1m" });
  it.each([
    ["an empty key", () => wide.getOrSet("", () => 1), InvalidKeyError],
    ["a long key", () => wide.get("k".repeat(10_000)), InvalidKeyError],
    ["a key that is no text", () => wide.delete(5 as unknown as string), InvalidKeyError],
    ["an empty tag", () => wide.getOrSet("k", () => 1, { tags: [""] }), InvalidKeyError],
    ["a TTL of nothing", () => wide.set("k", 1, { ttl: 0 }), RangeError],
    ["a TTL of a fraction", () => wide.getOrSet("k", () => 1, { ttl: 1.5 }), RangeError],
    ["a function inside the value", () => wide.set("k", { f: () => 1 }), Error],
  ])("%s rejects before anything runs", async (_name, call, type) => {
    await expect(call()).rejects.toBeInstanceOf(type);
    expect(wide.stats().factoryRuns).toBe(0);
  });

  it.each([
    ["no TTL", { ttl: undefined }],
    ["a jitter over 1", { jitter: 2 }],
    ["no room in memory", { memory: { maxEntries: 0 } }],
    ["a namespace of nothing", { namespace: "" }],
    ["a choice that there is not", { onInvalid: "ignore" }],
    ["a copy of no kind", { memory: { clone: "deep" } }],
  ])("%s throws at construction", (_name, options) => {
    const { backends } = twoProcesses();
    expect(() => createCache({ backend: backends[0], namespace: "x", ttl: "1m", ...options } as never)).toThrow();
  });

  it("a backend without a cache store is named, with what to do", () => {
    expect(() => createCache({ backend: { name: "bare" } as never, namespace: "x", ttl: "1m" })).toThrow(
      /createCache\(\).*"cache".*bare/s,
    );
  });
});

describe("a store that fails", () => {
  it("costs getOrSet nothing but the computation, and says so in an event; get rejects", async () => {
    const { a, backends, events } = twoProcesses<number>();
    await backends[0].close();
    expect(await a.getOrSet("key", () => 1)).toBe(1);
    await expect(a.get("key")).rejects.toBeInstanceOf(BackendUnavailableError);
    expect(events.map(({ type }) => type)).toContain("storeError");
    expect(a.stats().storeErrors).toBeGreaterThan(0);
  });
});
