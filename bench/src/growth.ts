import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { type Cache, createCache } from "@holdfast/cache";
import type { Row, Section } from "./report.ts";

const ENTRIES = 1_000_000;
const TAGS = 10_000;
const OPERATIONS = 10_000_000;
const BATCH = 1_000;
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
    await eachBatch(keys, async (batch, tags) => {
      await filler.getOrSetMany(batch, (missing) => new Map(missing.map((key) => [key, values.get(key)])), { tags });
    });
    const before = heapBytes();
    const cache = createCache<unknown>({
      backend,
      namespace: "growth",
      ttl: "1d",
      memory: { maxEntries: ENTRIES, maxBytes: 4 * 2 ** 30, ttl: "1d" },
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    await eachBatch(keys, async (batch, tags) => {
      await cache.getMany(batch, { tags });
    });
    const perEntry = (heapBytes() - before) / ENTRIES;
    const rows: Row[] = [
      {
        what: `bytes of heap for each of ${ENTRIES.toLocaleString("en")} entries in the tier`,
        figure: perEntry.toFixed(0),
        target: "",
        holds: undefined,
      },
    ];
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
  if (process.env["DEBUG"]) console.error(heaps.map((bytes) => Math.round(bytes / 1e6)).join(" "));
  const [first, last] = [heaps[1]!, heaps.at(-1)!];
  return {
    what: `heap after ${OPERATIONS.toLocaleString("en")} operations, as a multiple of that after the first million`,
    figure: (last / first).toFixed(3),
    target: `≤ ${1 + TOLERANCE}`,
    holds: last / first <= 1 + TOLERANCE,
  };
}

/** Keys in batches, each of one tag, so that a batch is one call. */
async function eachBatch(
  keys: readonly string[],
  run: (batch: string[], tags: string[]) => Promise<void>,
): Promise<void> {
  const perTag = ENTRIES / TAGS;
  for (let start = 0; start < keys.length; start += perTag) {
    for (let from = start; from < start + perTag; from += BATCH) {
      await run(keys.slice(from, Math.min(from + BATCH, start + perTag)), [tagOf(start)]);
    }
  }
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
