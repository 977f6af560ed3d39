import type { Backend, CallOptions, SessionCreation } from "@holdfast/core";
import { claimOf, epochOf, fillAll, putOf, slotOf } from "./cache-steps.ts";
import { commitOf, creationOf, increment, keysOf, load, newText, textsOf } from "./session-steps.ts";
import { LONG_MS, type Suite } from "./suite.ts";

const ttlMs = LONG_MS;

type Operation = readonly [name: string, run: (options?: CallOptions) => Promise<unknown>];

/** Every operation of the key-value, the cache and the session store, each on something that lets it succeed. */
export function operationsOf({ kv, cache, sessions }: Backend, suite: Suite): readonly Operation[] {
  const [text, count, hash, fresh] = [suite.key("text"), suite.key("count"), suite.key("hash"), suite.key("fresh")];
  const [slot, other, epoch] = [slotOf(suite, "entry"), slotOf(suite, "other"), epochOf(suite)];
  const unleased = {
    ...putOf(slot, "v"),
    startedAtMs: 0,
    versions: ["v"],
    lateTags: [],
    epoch: { key: epoch, version: "v" },
  };
  const session = sessionOf(suite, "session");
  const previous = { ...sessionOf(suite, "previous"), version: 1 };
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
    ["sessions.load", (options) => sessions.load({ ...session, throttleMs: 0 }, options)],
    ["sessions.create", (options) => sessions.create(sessionOf(suite, "created"), options)],
    ["sessions.commit", (options) => sessions.commit(commitOf(session, [increment("n")]), options)],
    ["sessions.replace", (options) => sessions.replace({ previous, next: sessionOf(suite, "next") }, options)],
    ["sessions.list", (options) => sessions.list(session.keys, options)],
    ["sessions.remove", (options) => sessions.remove(session.keys, options)],
    ["sessions.revokeAll", (options) => sessions.revokeAll(session.keys, newText(16), undefined, options)],
  ];
}

/** Writes what the operations work on. */
export async function prepare({ kv, cache, sessions }: Backend, suite: Suite): Promise<void> {
  const { key } = suite;
  await cache.put([putOf(slotOf(suite, "other"), "v")]);
  await kv.set(key("text"), "v", { ttlMs });
  await kv.set(key("count"), "1", { ttlMs });
  await kv.hashSet(key("hash"), [["f", "1"]], ttlMs);
  for (const id of ["session", "previous"]) await sessions.create(sessionOf(suite, id));
}

/** The same each time: what a test has created is what it looks for afterwards. */
function sessionOf(suite: Suite, id: string): SessionCreation {
  const fields = new Map([["n", "1"]]);
  return creationOf(keysOf(suite, "user", id), { digest: `digest of ${id}`, epoch: "0123456789abcdef", fields });
}

/** All that the operations could have changed. */
export async function stateOf({ kv, cache, sessions }: Backend, suite: Suite): Promise<unknown> {
  const { key } = suite;
  const slots = [slotOf(suite, "entry"), slotOf(suite, "other")];
  const read = await cache.read(slots.map((slot) => ({ slot, tags: [] })));
  return {
    texts: await kv.getMany([key("text"), key("count"), key("fresh")]),
    hash: await kv.hashGetAll(key("hash")),
    endless: (await kv.ttl(key("text"))) === "forever",
    entries: read.map(({ entry }) => entry?.text),
    sessions: await Promise.all(
      ["session", "previous", "created", "next"].map(async (id) => {
        const found = await load(sessions, sessionOf(suite, id));
        return found.kind === "active" ? textsOf(found.record) : found.kind;
      }),
    ),
  };
}
