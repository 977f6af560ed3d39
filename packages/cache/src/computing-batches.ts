import { inOrderOf } from "./batches.ts";
import { encode } from "./computation.ts";
import type { CacheContext } from "./context.ts";
import { Expectations } from "./expectations.ts";
import { type Factory, untilAborted } from "./factory.ts";
import { type Claimed, claimAll, type Filling, fillAll, type Grant, keepRenewing, release } from "./leases.ts";
import type { Found, Lookups, Missing, Wanted } from "./lookup.ts";
import { countMiss, decodeFound, decodeServable, INVALID } from "./open-found.ts";
import { type EntryOptions, NO_TAGS, ttlMsOf } from "./options.ts";
import type { Pursuits } from "./pursuits.ts";
import type { GetOptions, Reads } from "./reads.ts";
import { tolerate } from "./tolerate.ts";

/** Computes what is missing of many keys. A key that it leaves out stays missing. */
export type BatchFactory<T> = (
  missing: string[],
  context: { readonly signal: AbortSignal },
) => Map<string, T> | Promise<Map<string, T>>;

export interface GetOrSetManyOptions extends Omit<GetOptions, "detailed">, EntryOptions {}

/** A key that this call is to compute. */
interface Mine {
  readonly key: string;
  readonly grant: Grant;
}

/** A key without a value yet, and the id of the entry that was found void or too old. */
interface Open {
  readonly key: string;
  readonly seen: string | undefined;
}

/** What a look at many keys shows. */
interface Sorted {
  readonly mine: Mine[];
  /** Computed by others now. */
  readonly theirs: string[];
}

/** Stands for a key that the factory left out. */
const LEFT_OUT = Symbol("left out");

/** Reads of many keys that compute what is missing, together. */
export class ComputingBatches<T> {
  readonly #context: CacheContext<T>;
  readonly #lookups: Lookups<T>;
  readonly #reads: Reads<T>;
  readonly #pursuits: Pursuits<T>;
  readonly #expectations: Expectations;

  constructor(context: CacheContext<T>, lookups: Lookups<T>, reads: Reads<T>, pursuits: Pursuits<T>) {
    this.#context = context;
    this.#lookups = lookups;
    this.#reads = reads;
    this.#pursuits = pursuits;
    this.#expectations = new Expectations(context.log);
  }

  async getOrSetMany(
    keys: readonly string[],
    factory: BatchFactory<T>,
    options: GetOrSetManyOptions = {},
  ): Promise<Map<string, T>> {
    const { tags = NO_TAGS, ttl, signal = new AbortController().signal } = options;
    const { keys: names, options: cacheOptions } = this.#context;
    const ttlMs = ttlMsOf(ttl, cacheOptions);
    const unique = [...new Set(keys)];
    for (const key of unique) names.assertKey(key);
    for (const tag of tags) names.tag(tag);
    signal.throwIfAborted();
    const values = new Map<string, T>();
    const open = this.#reads.takeKept(unique, options, values);
    const batch = { tags: [...new Set(tags)], ttlMs, notBefore: options.notBefore, factory, signal };
    const sorted = await this.#sort(open, batch, values);
    if (!sorted) await this.#withoutStore(open, batch, options, values);
    // Its own first: whoever computes the others may wait for these.
    else
      await Promise.all([
        this.#computeMine(sorted.mine, batch, values),
        this.#awaitTheirs(sorted.theirs, batch, values),
      ]);
    return inOrderOf(unique, values);
  }

  /** Takes what is there, and asks for the leases of what is not. @returns `undefined` where the store is away. */
  async #sort(keys: readonly string[], batch: Batch<T>, values: Map<string, T>): Promise<Sorted | undefined> {
    const { tags, notBefore } = batch;
    let open: readonly Open[] = keys.map((key) => ({ key, seen: undefined }));
    if (this.#expectations.hasMost(keys)) {
      const wanted = keys.map((key) => ({ key, tags, notBefore }));
      const found = await tolerate(this.#context, "read", () => this.#lookups.readMany(wanted, batch.signal));
      if (!found) return undefined;
      open = await this.#takeFound(keys, found, values);
    }
    return this.#claimAll(open, batch, values);
  }

  /** @returns The keys that have no value that may be served. */
  async #takeFound(
    keys: readonly string[],
    found: readonly (Found | Missing)[],
    values: Map<string, T>,
  ): Promise<Open[]> {
    const open: Open[] = [];
    for (const [index, key] of keys.entries()) {
      const one = found[index]!;
      const decoded = decodeServable(this.#context, key, one);
      const value = decoded instanceof Promise ? await decoded : decoded;
      if (value !== INVALID) values.set(key, value);
      else open.push({ key, seen: one.kind === "found" ? one.entry.id : one.seen });
    }
    return open;
  }

  async #claimAll(keys: readonly Open[], batch: Batch<T>, values: Map<string, T>): Promise<Sorted | undefined> {
    const { tags, ttlMs, notBefore } = batch;
    const sorted: Sorted = { mine: [], theirs: [] };
    let open = keys;
    while (open.length > 0) {
      const claimed = await claimAll(
        this.#context,
        open.map(({ key, seen }) => ({ key, seen, tags, ttlMs })),
      );
      if (!claimed) return undefined;
      const entries: { readonly key: string; readonly id: string; readonly one: Claimed }[] = [];
      for (const [index, one] of claimed.entries()) {
        const { key } = open[index]!;
        const { result, token, since } = one;
        if (result.kind === "granted") sorted.mine.push({ key, grant: { ...result, token, since } });
        else if (result.kind === "entry") entries.push({ key, id: result.entry.id, one });
        else sorted.theirs.push(key);
      }
      const again: Open[] = [];
      try {
        for (const { key, id, one } of entries) {
          const value = await this.#open({ key, tags, notBefore }, one);
          if (value === INVALID) again.push({ key, seen: id });
          else values.set(key, value);
          if (value !== INVALID) this.#expectations.note(key, batch.ttlMs, one.since);
        }
      } catch (error) {
        await this.#releaseAll(sorted.mine, false);
        throw error;
      }
      // An entry that holds no longer is claimed as one that was seen.
      open = again;
    }
    return sorted;
  }

  async #open(wanted: Wanted, { result, since }: Claimed): Promise<T | typeof INVALID> {
    if (result.kind !== "entry") return INVALID;
    return decodeServable(this.#context, wanted.key, await this.#lookups.judgeClaimed(wanted, result, since));
  }

  async #computeMine(mine: readonly Mine[], batch: Batch<T>, values: Map<string, T>): Promise<void> {
    if (mine.length === 0) return;
    const context = this.#context;
    const startedAt = performance.now();
    const stopRenewing = keepRenewing(context, mine);
    const unfilled: Mine[] = [];
    try {
      const made = await this.#run(
        mine.map(({ key }) => key),
        batch,
      );
      const costMs = performance.now() - startedAt;
      const fillings: Filling[] = [];
      for (const one of mine) {
        const { key, grant } = one;
        const value = made.get(key) as T;
        if (made.has(key)) values.set(key, value);
        if (made.has(key)) this.#expectations.note(key, batch.ttlMs, grant.since);
        const encoded = made.has(key) ? await encode(context, value) : undefined;
        const notes = { ttlMs: batch.ttlMs, lateTags: [], skipped: false };
        if (encoded) fillings.push({ key, tags: batch.tags, grant, notes, encoded, costMs });
        else unfilled.push(one);
      }
      await Promise.all([fillAll(context, fillings), this.#releaseAll(unfilled, false)]);
    } catch (error) {
      // All of them: one value that cannot be stored keeps the others from being stored too.
      await this.#releaseAll(mine, !batch.signal.aborted);
      throw error;
    } finally {
      stopRenewing();
    }
  }

  async #releaseAll(mine: readonly Mine[], failed: boolean): Promise<void> {
    await Promise.all(mine.map(({ key, grant }) => release(this.#context, key, grant, failed)));
  }

  /** What others compute: as they finish, or if they do not, by itself, key by key. */
  async #awaitTheirs(keys: readonly string[], batch: Batch<T>, values: Map<string, T>): Promise<void> {
    const { tags, ttlMs, notBefore, signal } = batch;
    if (keys.length === 0) return;
    // One listener on the caller's signal, however many keys.
    const leave = new AbortController();
    const onAbort = () => leave.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const awaitOne = async (key: string) => {
      const factory: Factory<T | typeof LEFT_OUT> = async (context) => {
        const made = await this.#run([key], { ...batch, signal: context.signal });
        if (made.has(key)) return made.get(key) as T;
        context.skip();
        return LEFT_OUT;
      };
      const plan = { key, tags, ttlMs, factory: factory as Factory<T>, stale: undefined };
      const outcome = await this.#pursuits.pursue(
        plan,
        { key, tags, notBefore },
        undefined,
        AbortSignal.any([leave.signal]),
      );
      const value: unknown =
        outcome.kind === "found" ? await decodeFound(this.#context, key, outcome) : await outcome.handout.take();
      if (value !== LEFT_OUT && value !== INVALID) values.set(key, value as T);
    };
    try {
      await Promise.all(keys.map(awaitOne));
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** The store is away: what memory has is served, and the factory makes the rest. */
  async #withoutStore(
    keys: readonly string[],
    batch: Batch<T>,
    options: GetOptions,
    values: Map<string, T>,
  ): Promise<void> {
    const open = keys.filter((key) => !values.has(key));
    const missing = this.#reads.takeLastKept(open, options, values);
    if (missing.length === 0) return;
    for (const [key, value] of await this.#run(missing, batch)) values.set(key, value);
  }

  async #run(missing: string[], { factory, signal }: Batch<T>): Promise<Map<string, T>> {
    const { counts, emit } = this.#context;
    counts.factoryRuns += 1;
    for (const key of missing) countMiss(this.#context, key);
    try {
      return await untilAborted(Promise.resolve(factory(missing, { signal })), signal);
    } catch (error) {
      if (!signal.aborted) {
        counts.factoryErrors += 1;
        for (const key of missing) emit?.({ type: "factoryError", key, error });
      }
      throw error;
    }
  }
}

interface Batch<T> {
  readonly tags: readonly string[];
  readonly ttlMs: number;
  readonly notBefore: Wanted["notBefore"];
  readonly factory: BatchFactory<T>;
  readonly signal: AbortSignal;
}
