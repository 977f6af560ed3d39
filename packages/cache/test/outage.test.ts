import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { BackendUnavailableError, type CacheStore } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";
import { sleep } from "./set-up.ts";

/** A store that the test takes away and gives back. */
function unreliable(store: CacheStore) {
  const state = { away: false, broken: "", asked: 0 };
  const proxy = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        state.asked += 1;
        if (state.away || state.broken === name)
          return Promise.reject(new BackendUnavailableError("test: the store is away", "not-applied"));
        return (member as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  return { state, store: proxy };
}

function setUp<T = number>(options: object = {}) {
  const storage = new MemoryStorage();
  const backend = memoryBackend({ storage });
  const { state, store } = unreliable(backend.cache);
  const cache = createCache<T>({
    backend: { name: "unreliable", cache: store, bus: backend.bus },
    namespace: "outage",
    ttl: "1m",
    jitter: 0,
    breaker: { minimumCalls: 4, openMs: 50 },
    ...options,
  });
  const other = createCache<T>({
    backend: memoryBackend({ storage }),
    namespace: "outage",
    ttl: "1m",
    memory: {},
  });
  return { cache, other, state };
}

describe("an outage", () => {
  it("serves what memory has, although messages may be missed, and runs the factory for the rest", async () => {
    const { cache, state } = setUp({ memory: {} });
    await sleep(1);
    await cache.getOrSet("kept", () => 1);
    state.away = true;
    expect(await cache.getOrSet("kept", () => 2)).toBe(1);
    expect(await cache.get("kept")).toBe(1);
    expect(await cache.getOrSet("other", () => 3)).toBe(3);
    await expect(cache.get("other")).rejects.toBeInstanceOf(BackendUnavailableError);
  });

  it("gives each caller a value of their own, and says that memory had it", async () => {
    const { cache, state } = setUp<{ n: number }>({ memory: { clone: "structured" }, ttl: 20, staleIfError: "1m" });
    await sleep(1);
    await cache.getOrSet("kept", () => ({ n: 1 }));
    await sleep(30);
    state.away = true;
    const unused = () => ({ n: 2 });
    const [one, two] = await Promise.all([cache.getOrSet("kept", unused), cache.getOrSet("kept", unused)]);
    expect([one, two]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(one).not.toBe(two);
    expect(await cache.getOrSet("kept", unused, { detailed: true })).toMatchObject({ status: "stale", tier: "memory" });
  });

  it("of reads alone, between a claim and the tags of what it found, costs no caller a value", async () => {
    const { cache, other, state } = setUp({ breaker: false });
    await other.set("key", 1, { tags: ["tag"] });
    state.broken = "read";
    expect(await cache.getOrSet("key", () => 2)).toBe(2);
    await other.set("key", 1, { tags: ["tag"] });
    expect(await cache.getOrSetMany(["key"], () => new Map([["key", 3]]))).toEqual(new Map([["key", 3]]));
  });

  it("serves stale values from memory within staleIfError", async () => {
    const { cache, state } = setUp({ memory: {}, ttl: 20, staleIfError: "1m" });
    await sleep(1);
    await cache.getOrSet("kept", () => 1);
    await sleep(30);
    state.away = true;
    expect(await cache.getOrSet("kept", () => 2)).toBe(1);
  });

  it("soon costs no call of the store at all", async () => {
    const { cache, state } = setUp({ breaker: { minimumCalls: 4, openMs: 60_000 } });
    state.away = true;
    for (let call = 0; call < 6; call += 1) await cache.getOrSet(`key ${call}`, () => call);
    const before = state.asked;
    for (let call = 0; call < 100; call += 1) expect(await cache.getOrSet("key", () => call)).toBe(call);
    expect(state.asked).toBe(before);
    expect(cache.stats().factoryRuns).toBe(106);
  });

  it("ends by a probe, one at a time, and then the cache works again", async () => {
    const { cache, other, state } = setUp();
    state.away = true;
    for (let call = 0; call < 6; call += 1) await cache.getOrSet(`key ${call}`, () => call);
    await sleep(60);
    const before = state.asked;
    await Promise.all(Array.from({ length: 20 }, (_, index) => cache.getOrSet(`key ${index}`, () => index)));
    expect(state.asked - before).toBeLessThanOrEqual(2);
    state.away = false;
    await sleep(60);
    await cache.getOrSet("key", () => 1);
    await cache.getOrSet("key", () => 2);
    expect(await other.get("key")).toBe(await cache.get("key"));
  });

  it("keeps one computation for each key in this process", async () => {
    const { cache, state } = setUp();
    state.away = true;
    let runs = 0;
    const factory = async () => {
      runs += 1;
      await sleep(20);
      return runs;
    };
    const early = Promise.all(Array.from({ length: 50 }, () => cache.getOrSet("key", factory)));
    await sleep(5);
    expect(new Set([...(await early), await cache.getOrSet("key", () => 1)])).toEqual(new Set([1]));
    expect(runs).toBe(1);
  });

  it("does not let callers join what was invalidated here meanwhile", async () => {
    const { cache, state } = setUp();
    state.away = true;
    let source = "old";
    const slow = async () => {
      const read = source;
      await sleep(20);
      return read as unknown as number;
    };
    const early = cache.getOrSet("key", slow, { tags: ["tag"] });
    await sleep(5);
    source = "new";
    await cache.invalidateTags("tag");
    expect(await cache.getOrSet("key", slow, { tags: ["tag"] })).toBe("new");
    expect(await early).toBe("old");
  });

  it.each([
    ["a key", (cache: ReturnType<typeof setUp>["cache"]) => cache.delete("key")],
    ["a tag", (cache: ReturnType<typeof setUp>["cache"]) => cache.invalidateTags("tag")],
    ["everything", (cache: ReturnType<typeof setUp>["cache"]) => cache.clear()],
  ])("keeps the invalidation of %s, and applies it before anything is read again", async (_name, invalidate) => {
    const { cache, other, state } = setUp({ memory: {} });
    await sleep(1);
    await cache.getOrSet("key", () => 1, { tags: ["tag"] });
    await other.get("key");
    state.away = true;
    const token = await invalidate(cache);
    expect(token).toMatchObject({ pending: true });
    await expect(cache.get("key")).rejects.toBeInstanceOf(BackendUnavailableError);
    expect(await cache.getOrSet("key", () => 2, { tags: ["tag"] })).toBe(2);
    state.away = false;
    await sleep(60);
    expect(await cache.get("key")).toBeUndefined();
    await sleep(1);
    expect(await other.get("key")).toBeUndefined();
  });

  it("keeps a bounded number of them, and voids everything rather than forget one", async () => {
    const { cache, other, state } = setUp();
    await other.set("untouched", 1);
    state.away = true;
    for (let batch = 0; batch < 11; batch += 1) {
      await cache.delete(...Array.from({ length: 1_000 }, (_, index) => `key ${batch} ${index}`));
    }
    state.away = false;
    await sleep(60);
    await cache.get("any");
    expect(await other.get("untouched")).toBeUndefined();
  });
});
