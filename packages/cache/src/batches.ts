import type { CacheContext } from "./context.ts";
import { isFault } from "./faults.ts";
import type { Lookups } from "./lookup.ts";
import { decodeFound, INVALID } from "./open-found.ts";
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
    const values = new Map<string, T>();
    const open: string[] = [];
    for (const key of new Set(keys)) {
      const kept = this.#reads.fromTier(key, options);
      if (kept) values.set(key, this.#reads.serveKept(key, kept, undefined) as T);
      else open.push(key);
    }
    if (open.length === 0) return values;
    const keptInMemory = values.size;
    await this.#readInto(values, open, options);
    if (keptInMemory === 0) return values;
    return new Map(keys.flatMap((key) => (values.has(key) ? [[key, values.get(key) as T] as const] : [])));
  }

  async #readInto(values: Map<string, T>, keys: readonly string[], options: GetOptions): Promise<void> {
    const { tags = NO_TAGS, notBefore, signal } = options;
    try {
      const wanted = keys.map((key) => ({ key, tags, notBefore }));
      const judgements = await this.#lookups.readMany(wanted, signal);
      const decoded = judgements.map((judgement, index) => {
        if (judgement.kind !== "found" || judgement.freshness === "late") return INVALID;
        const either = decodeFound(this.#context, keys[index]!, judgement);
        // An earlier one may be refused first; then nobody waits for this one.
        if (either instanceof Promise) either.catch(() => {});
        return either;
      });
      for (const [index, either] of decoded.entries()) {
        const value = either instanceof Promise ? await either : either;
        if (value === INVALID) this.#miss(keys[index]!);
        else values.set(keys[index]!, value);
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      const kept = keys.map((key) => [key, this.#reads.lastKept(key, options)] as const);
      if (kept.every(([, entry]) => !entry)) throw error;
      for (const [key, entry] of kept) if (entry) values.set(key, this.#reads.serveKept(key, entry, undefined) as T);
    }
  }

  #miss(key: string): void {
    this.#context.counts.misses += 1;
    this.#context.emit?.({ type: "miss", key });
  }
}
