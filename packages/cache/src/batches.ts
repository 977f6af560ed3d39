import type { CacheContext } from "./context.ts";
import { isFault } from "./faults.ts";
import type { Lookups } from "./lookup.ts";
import { countMiss, decodeServable, INVALID } from "./open-found.ts";
import { NO_TAGS } from "./options.ts";
import type { GetOptions, Reads } from "./reads.ts";

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
    const open = this.#reads.takeKept(new Set(keys), options, values);
    if (open.length === 0) return values;
    const keptInMemory = values.size;
    await this.#readInto(values, open, options);
    return keptInMemory === 0 ? values : inOrderOf(keys, values);
  }

  async #readInto(values: Map<string, T>, keys: readonly string[], options: GetOptions): Promise<void> {
    const { tags = NO_TAGS, notBefore, signal } = options;
    try {
      const wanted = keys.map((key) => ({ key, tags, notBefore }));
      const judgements = await this.#lookups.readMany(wanted, signal);
      const decoded = judgements.map((judgement, index) => {
        const either = decodeServable(this.#context, keys[index]!, judgement);
        // An earlier one may be refused first; then nobody waits for this one.
        if (either instanceof Promise) either.catch(() => {});
        return either;
      });
      for (const [index, either] of decoded.entries()) {
        const value = either instanceof Promise ? await either : either;
        if (value === INVALID) countMiss(this.#context, keys[index]!);
        else values.set(keys[index]!, value);
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      if (this.#reads.takeLastKept(keys, options, values).length === keys.length) throw error;
    }
  }
}

/** The values that there are, in the order of the keys. */
export function inOrderOf<T>(keys: readonly string[], values: ReadonlyMap<string, T>): Map<string, T> {
  return new Map(keys.flatMap((key) => (values.has(key) ? [[key, values.get(key) as T] as const] : [])));
}
