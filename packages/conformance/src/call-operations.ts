import type { Backend, CallOptions } from "@holdfast/core";
import { claimOf, epochOf, fillAll, putOf, slotOf } from "./cache-steps.ts";
import { LONG_MS, type Suite } from "./suite.ts";

const ttlMs = LONG_MS;

type Operation = readonly [name: string, run: (options?: CallOptions) => Promise<unknown>];

/** Every operation of the key-value and the cache store, each on something that lets it succeed. */
export function operationsOf({ kv, cache }: Backend, suite: Suite): readonly Operation[] {
  const [text, count, hash, fresh] = [suite.key("text"), suite.key("count"), suite.key("hash"), suite.key("fresh")];
  const [slot, other, epoch] = [slotOf(suite, "entry"), slotOf(suite, "other"), epochOf(suite)];
  const unleased = {
    ...putOf(slot, "v"),
    startedAtMs: 0,
    versions: ["v"],
    lateTags: [],
    epoch: { key: epoch, version: "v" },
  };
  return [
    ["get", (options) => kv.get(text, options)],
    ["getMany", (options) => kv.getMany([text, count], options)],
    ["set", (options) => kv.set(fresh, "v", { ...options, ttlMs })],
    ["setMany", (options) => kv.setMany([{ key: fresh, value: "v" }], ttlMs, options)],
    ["delete", (options) => kv.delete([text, fresh], options)],
    ["has", (options) => kv.has(text, options)],
    ["touch", (options) => kv.touch(text, "forever", options)],
    ["ttl", (options) => kv.ttl(text, options)],
    ["increment", (options) => kv.increment(count, 1, ttlMs, options)],
    ["compareAndSet", (options) => kv.compareAndSet(fresh, undefined, "v", ttlMs, options)],
    ["scan", (options) => kv.scan(text, 100, options)[Symbol.asyncIterator]().next()],
    ["hashGet", (options) => kv.hashGet(hash, "f", options)],
    ["hashGetAll", (options) => kv.hashGetAll(hash, options)],
    ["hashSet", (options) => kv.hashSet(hash, [["f", "2"]], ttlMs, options)],
    ["hashDelete", (options) => kv.hashDelete(hash, ["f"], options)],
    ["hashIncrement", (options) => kv.hashIncrement(hash, "f", 1, ttlMs, options)],
    ["cache.read", (options) => cache.read([{ slot, tags: [] }], options)],
    ["cache.claim", (options) => cache.claim([claimOf(suite, slot)], options)],
    ["cache.put", (options) => cache.put([putOf(slot, "v")], undefined, options)],
    ["cache.fill", (options) => fillAll(cache, [unleased], options)],
    ["cache.invalidate", (options) => cache.invalidate({ slots: [other], tags: [], buckets: [], epoch }, options)],
    ["cache.renew", (options) => cache.renew(slot, "nobody's", 1_000, options)],
    ["cache.release", (options) => cache.release(slot, "nobody's", undefined, undefined, options)],
    ["cache.now", (options) => cache.now(options)],
  ];
}

/** Writes what the operations work on. */
export async function prepare({ kv, cache }: Backend, suite: Suite): Promise<void> {
  const { key } = suite;
  await cache.put([putOf(slotOf(suite, "other"), "v")]);
  await kv.set(key("text"), "v", { ttlMs });
  await kv.set(key("count"), "1", { ttlMs });
  await kv.hashSet(key("hash"), [["f", "1"]], ttlMs);
}

/** All that the operations could have changed. */
export async function stateOf({ kv, cache }: Backend, suite: Suite): Promise<unknown> {
  const { key } = suite;
  const slots = [slotOf(suite, "entry"), slotOf(suite, "other")];
  const read = await cache.read(slots.map((slot) => ({ slot, tags: [] })));
  return {
    texts: await kv.getMany([key("text"), key("count"), key("fresh")]),
    hash: await kv.hashGetAll(key("hash")),
    endless: (await kv.ttl(key("text"))) === "forever",
    entries: read.map(({ entry }) => entry?.text),
  };
}
