import type { CacheContext } from "./context.ts";
import { isFault } from "./faults.ts";
import type { Lookups } from "./lookup.ts";
import { openFound } from "./open-found.ts";
import type { GetOptions, Reads } from "./reads.ts";

const NO_TAGS: readonly string[] = [];

/** Reads of many keys. */
export class Batches<T> {
  readonly #context: CacheContext<T>;
  readonly #lookups: Lookups<T>;
  readonly #reads: Reads<T>;

  constructor(context: CacheContext<T>, lookups: Lookups<T>, reads: Reads<T>) {
    this.#context = context;
    this.#lookups = lookups;
    this.#reads = reads;
  }

  /** What is cached of the keys, in their order: from memory, and the rest in one trip. */
  async getMany(keys: readonly string[], options: GetOptions = {}): Promise<Map<string, T>> {
    const { tags = NO_TAGS, notBefore, signal } = options;
    const values = new Map<string, T>();
    const open: string[] = [];
    for (const key of new Set(keys)) {
      const kept = this.#reads.fromTier(key, options);
      if (kept) values.set(key, this.#reads.serveKept(key, kept, undefined) as T);
      else open.push(key);
    }
    if (open.length === 0) return values;
    try {
      const judgements = await this.#lookups.readMany(
        open.map((key) => ({ key, tags, notBefore })),
        signal,
      );
      await Promise.all(
        judgements.map(async (judgement, index) => {
          const key = open[index]!;
          const found =
            judgement.kind === "found" && judgement.found.freshness !== "late" ? judgement.found : undefined;
          const opened = found && (await openFound(this.#context, key, found));
          if (opened) values.set(key, await opened.handout.take());
          else this.#miss(key);
        }),
      );
    } catch (error) {
      if (!isFault(error)) throw error;
      const kept = open.map((key) => [key, this.#reads.lastKept(key, options)] as const);
      if (kept.every(([, entry]) => !entry)) throw error;
      for (const [key, entry] of kept) if (entry) values.set(key, this.#reads.serveKept(key, entry, undefined) as T);
    }
    return new Map(
      [...new Set(keys)].flatMap((key) => (values.has(key) ? [[key, values.get(key) as T] as const] : [])),
    );
  }

  #miss(key: string): void {
    this.#context.counts.misses += 1;
    this.#context.emit?.({ type: "miss", key });
  }
}
