import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { type Cache, createCache } from "@holdfast/cache";
import type { Row, Section } from "./report.ts";
import { sleep } from "./sleep.ts";

const ENTRIES = 1_000_000;
const TAGS = 10_000;
const OPERATIONS = 10_000_000;
/** How much the heap may differ between two looks at the same content. */
const TOLERANCE = 0.05;

/** Minutes, not seconds: only with `--only growth`. */
export const growthSection: Section = {
  name: "growth",
  async run() {
    const storage = new MemoryStorage();
    const backend = memoryBackend({ storage });
    const keys = Array.from({ length: ENTRIES }, (_, index) => `user:${index}`);
    const values = new Map(keys.map((key, index) => [key, { id: index, name: `user number ${index}` }]));
    const filler = createCache<unknown>({ backend, namespace: "growth", ttl: "1d" });
    for (const [index, key] of keys.entries()) {
      await filler.getOrSet(key, () => values.get(key), { tags: [tagOf(index)] });
    }
    const before = heapBytes();
    const cache = createCache<unknown>({
      backend,
      namespace: "growth",
      ttl: "1d",
      memory: { maxEntries: ENTRIES, maxBytes: 4 * 2 ** 30, ttl: "1d" },
    });
    await sleep(10);
    for (const [index, key] of keys.entries()) await cache.get(key, { tags: [tagOf(index)] });
    const perEntry = (heapBytes() - before) / ENTRIES;
    const rows: Row[] = [
      {
        what: `bytes of heap for each of ${ENTRIES.toLocaleString("en")} entries in the tier`,
        figure: perEntry.toFixed(0),
        target: "",
        holds: undefined,
      },
    ];
    // To the state that lasts, before the heap is compared with itself: an entry that this process computed holds its
    // tags itself, and the engine's hash tables double once when they have seen as many deletions as they have room for.
    for (const [index, key] of keys.entries()) {
      await cache.delete(key);
      await cache.getOrSet(key, () => values.get(key), { tags: [tagOf(index)] });
    }
    return [...rows, await operate(cache, keys, values)];
  },
};

/** Reads, writes and invalidations of tags, and what they leave behind. */
async function operate(
  cache: Cache<unknown>,
  keys: readonly string[],
  values: ReadonlyMap<string, unknown>,
): Promise<Row> {
  const heaps: number[] = [];
  for (let operation = 0; operation < OPERATIONS; operation += 1) {
    // Few keys are asked for often, many seldom.
    const index = Math.floor(ENTRIES * Math.random() ** 3);
    const key = keys[index]!;
    const tags = [tagOf(index)];
    if (operation % 1_000 === 0) await cache.invalidateTags(tagOf(Math.floor(Math.random() * ENTRIES)));
    else if (operation % 100 === 0) await cache.set(key, values.get(key), { tags });
    else await cache.getOrSet(key, () => values.get(key), { tags });
    if (operation % (OPERATIONS / 10) === 0) heaps.push(heapBytes());
  }
  const [first, last] = [heaps[1]!, heaps.at(-1)!];
  return {
    what: `heap after ${OPERATIONS.toLocaleString("en")} operations, as a multiple of that after the first million`,
    figure: `${(last / first).toFixed(3)} (${heaps.map((bytes) => Math.round(bytes / 2 ** 20)).join(" ")} MiB)`,
    target: `≤ ${1 + TOLERANCE}`,
    holds: last / first <= 1 + TOLERANCE,
  };
}

function tagOf(index: number): string {
  return `team:${Math.floor(index / (ENTRIES / TAGS))}`;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
