import { describe, expect, it } from "vitest";
import { useClients } from "./clients.ts";

// Each test shows a fault in a client as it is today, and then the same in Holdfast, where it cannot happen.

const KEYS = 100_000;
const clients = useClients();

/** A hundred thousand keys, named as Holdfast stores them. */
async function fill(): Promise<void> {
  const { direct } = clients;
  for (let start = 0; start < KEYS; start += 10_000) {
    await direct.mset(Array.from({ length: 10_000 }, (_, index) => [`hf:k:app:${start + index}`, "1"]).flat());
  }
}

/** Deletes every key but these, and waits until the server has made its table smaller. */
async function keepOnly(keys: readonly string[]): Promise<void> {
  const { direct } = clients;
  const kept = new Set(keys);
  const all = await direct.keys("*");
  const others = all.filter((key) => !kept.has(key));
  for (let start = 0; start < others.length; start += 10_000) await direct.unlink(others.slice(start, start + 10_000));
  await expect.poll(tableBytes, { timeout: 20_000, interval: 50 }).toBeLessThan(100_000);
}

/** @see https://redis.io/docs/latest/commands/memory-stats/ */
async function tableBytes(): Promise<number> {
  const stats = (await clients.direct.call("MEMORY", "STATS")) as unknown[];
  const database = stats[stats.findIndex((name) => String(name).startsWith("db.")) + 1] as unknown[];
  return Number(database[database.indexOf("overhead.hashtable.main") + 1]);
}

/** Iterates while, after the first thousand keys, all but the last twenty of them are deleted. */
async function iterateWhileShrinking(keys: AsyncIterable<string>, stored: (key: string) => string) {
  const seen: string[] = [];
  for await (const key of keys) {
    seen.push(key);
    if (seen.length === 1_000) await keepOnly(seen.slice(-20).map(stored));
  }
  return { seen, kept: seen.slice(980, 1_000), repeated: seen.length - new Set(seen).size };
}

describe("issue 9: cursors", () => {
  it("raw: the cursor is a text, so a loop until it is 0 begins anew for ever; Holdfast: 100,000 keys, each once", async () => {
    await fill();
    const raw = clients.vercel();
    let cursor: string | number = 0;
    let found = 0;
    for (let page = 0; page < 24 && (page === 0 || cursor !== 0); page += 1) {
      const [next, keys]: [string, string[]] = await raw.scan(cursor, { count: 5_000 });
      cursor = next;
      found += keys.length;
    }
    expect(typeof cursor).toBe("string");
    expect(found).toBeGreaterThan(KEYS);

    const { kv, backend } = clients.holdfast();
    const keys = await Array.fromAsync(kv.keys({ pageSize: 5_000 }));
    expect(keys).toHaveLength(KEYS);
    expect(new Set(keys).size).toBe(KEYS);
    expect(backend.stats().commands).toBeLessThan(50);
  });
});

describe("issue 11: iterators", () => {
  // The iterator that never ended was that of @vercel/kv 2.0.0; that of 3.0.0 ends. What it does today:
  it("raw at 3.0.0: it ends, with keys of digits turned into numbers; Holdfast: keys are texts", async () => {
    const raw = clients.vercel();
    await clients.direct.set("12345", "x");
    expect(await Array.fromAsync(raw.scanIterator({ match: "12345", count: 1_000 }))).toEqual([12_345]);
    const { kv } = clients.holdfast();
    await kv.set("12345", "x", { ttl: "1m" });
    expect(await Array.fromAsync(kv.keys())).toEqual(["12345"]);
  });

  it("raw at 3.0.0: keys are repeated when the server makes its table smaller meanwhile; Holdfast: each once", async () => {
    await fill();
    const raw = clients.vercel().scanIterator({ match: "hf:k:app:*", count: 1_000 });
    const theirs = await iterateWhileShrinking(raw as AsyncIterable<string>, (key) => key);
    expect(theirs.repeated).toBeGreaterThan(0);

    await clients.direct.flushdb();
    await fill();
    const { kv } = clients.holdfast();
    const ours = await iterateWhileShrinking(kv.keys({ pageSize: 1_000 }), (key) => `hf:k:app:${key}`);
    expect(ours.repeated).toBe(0);
    expect(ours.seen).toEqual(expect.arrayContaining(ours.kept));
  });
});
