import type { CacheEntry, CacheReadResult } from "@holdfast/core";
import { type CacheContext, storeCall } from "./context.ts";
import { type EntryMeta, readEntryText } from "./entry-text.ts";
import { ageOf, type Freshness, freshnessOf } from "./freshness.ts";
import type { Moment } from "./invalidation-log.ts";
import { covers, type Invalidation } from "./invalidation-token.ts";

/** An entry that nothing voids. */
export interface Found {
  readonly entry: CacheEntry;
  readonly meta: EntryMeta;
  readonly body: string;
  readonly ageMs: number;
  readonly freshness: Freshness;
  /** What was heard of invalidations when reading it began. */
  readonly since: Moment;
}

/** What was asked for. */
export interface Wanted {
  readonly key: string;
  readonly tags: readonly string[];
  readonly notBefore: Invalidation | undefined;
}

/** What a reading of the store shows. */
export type Judgement =
  | { readonly kind: "found"; readonly found: Found }
  /** Nothing, or an entry that is void; its id, so that a claim does not return it again. */
  | { readonly kind: "missing"; readonly seen: string | undefined }
  /** The entry has tags whose versions were not read. */
  | { readonly kind: "unknownTags"; readonly tags: readonly string[] };

/** How many keys with tags that callers do not name are remembered. */
const MAX_HINTS = 10_000;
/** Tags change with entries, so a second look may find others again; then it counts as a miss. */
const MAX_LOOKS = 3;

/** Reads entries, with the versions that decide whether they hold. */
export class Lookups<T> {
  readonly #context: CacheContext<T>;
  readonly #needsClock: boolean;
  readonly #hints = new Map<string, readonly string[]>();

  constructor(context: CacheContext<T>) {
    const { options } = context;
    this.#context = context;
    this.#needsClock =
      options.staleWhileRevalidateMs > 0 ||
      options.staleIfErrorMs > 0 ||
      options.eagerBeta > 0 ||
      options.memory !== false;
  }

  /** Which tags to read with a key: those the caller names, and those that its entry was seen to have. */
  tagsToRead({ key, tags }: Wanted): readonly string[] {
    const hint = this.#hints.get(key);
    return hint ? [...new Set([...tags, ...hint])] : tags;
  }

  /** One trip; another for each entry with tags that nobody knew of. */
  async read(wanted: Wanted, signal?: AbortSignal): Promise<Exclude<Judgement, { kind: "unknownTags" }>> {
    const [judgement] = await this.readMany([wanted], signal);
    return judgement!;
  }

  async readMany(
    wanted: readonly Wanted[],
    signal?: AbortSignal,
  ): Promise<Exclude<Judgement, { kind: "unknownTags" }>[]> {
    const judgements: Exclude<Judgement, { kind: "unknownTags" }>[] = [];
    let open = [...wanted.keys()];
    for (let look = 0; open.length > 0 && look < MAX_LOOKS; look += 1) {
      const since = this.#context.log.now;
      const readTags = open.map((index) => this.tagsToRead(wanted[index]!));
      const results = await this.#readStore(
        open.map((index) => wanted[index]!.key),
        readTags,
        signal,
      );
      const unknown: number[] = [];
      for (const [position, index] of open.entries()) {
        const judgement = this.judge(wanted[index]!, readTags[position]!, results[position]!, since);
        if (judgement.kind === "unknownTags") {
          this.#remember(wanted[index]!.key, judgement.tags);
          judgements[index] = { kind: "missing", seen: results[position]?.entry?.id };
          unknown.push(index);
        } else {
          judgements[index] = judgement;
        }
      }
      open = unknown;
    }
    return judgements;
  }

  judge(
    { key, tags, notBefore }: Wanted,
    readTags: readonly string[],
    { entry, versions }: CacheReadResult,
    since: Moment,
  ): Judgement {
    if (!entry) return { kind: "missing", seen: undefined };
    const missing = { kind: "missing", seen: entry.id } as const;
    const text = readEntryText(entry.text);
    const { options, clock } = this.#context;
    if (!text || text.meta.version !== options.version || entry.versions[0] !== versions[0]) return missing;
    const { meta, body } = text;
    for (const tag of tags) if (!meta.tags.includes(tag)) return missing;
    let known = true;
    for (const [index, tag] of meta.tags.entries()) {
      const position = readTags.indexOf(tag);
      if (position === -1) known = false;
      else if (versions[position + 1] !== entry.versions[index + 1]) return missing;
    }
    if (!known) return { kind: "unknownTags", tags: meta.tags };
    if (notBefore && covers(notBefore, key, meta.tags) && entry.startedAtMs <= notBefore.atMs) return missing;
    const ageMs = ageOf(entry, clock.now());
    const freshness = freshnessOf(meta, ageMs, options);
    return { kind: "found", found: { entry, meta, body, ageMs, freshness, since } };
  }

  async #readStore(
    keys: readonly string[],
    tags: readonly (readonly string[])[],
    signal: AbortSignal | undefined,
  ): Promise<CacheReadResult[]> {
    const context = this.#context;
    const bounds = storeCall(context, signal);
    const reads = keys.map((key, index) => ({
      slot: context.keys.slot(key),
      tags: tags[index]!.map((tag) => context.keys.tag(tag)),
    }));
    if (!this.#needsClock || !context.clock.isDue) return context.store.call((store) => store.read(reads, bounds));
    // In the same tick, so in the same trip.
    const [results] = await context.store.call((store) =>
      Promise.all([store.read(reads, bounds), context.clock.ask(store, bounds.timeoutMs)]),
    );
    return results;
  }

  #remember(key: string, tags: readonly string[]): void {
    if (this.#hints.size >= MAX_HINTS) this.#hints.clear();
    this.#hints.set(key, tags);
  }
}
