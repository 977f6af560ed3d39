import type { CacheEntry, CacheReadResult } from "@holdfast/core";
import { type CacheContext, storeCall } from "./context.ts";
import { type EntryMeta, readEntryText } from "./entry-text.ts";
import { ageOf, type Freshness, freshnessOf } from "./freshness.ts";
import type { Moment } from "./invalidation-log.ts";
import { covers, type Invalidation } from "./invalidation-token.ts";
import { tolerate } from "./tolerate.ts";

/** An entry that nothing voids. */
export interface Found {
  readonly kind: "found";
  readonly entry: CacheEntry;
  readonly meta: EntryMeta;
  readonly body: string;
  readonly ageMs: number;
  readonly freshness: Freshness;
  /** What was heard of invalidations when reading it began. */
  readonly since: Moment;
}

/** Nothing, or an entry that is void; its id, so that a claim does not return it again. */
export interface Missing {
  readonly kind: "missing";
  readonly seen: string | undefined;
}

/** The entry has tags whose versions were not read. */
export interface UnknownTags {
  readonly kind: "unknownTags";
  readonly tags: readonly string[];
}

/** What was asked for. */
export interface Wanted {
  readonly key: string;
  readonly tags: readonly string[];
  readonly notBefore: Invalidation | undefined;
}

/** How many keys with tags that callers do not name are remembered. */
const MAX_HINTS = 10_000;
/** Tags change with entries, so a second look may find others again; then it counts as a miss. */
const MAX_LOOKS = 3;
const NOTHING: Missing = { kind: "missing", seen: undefined };

/** Reads entries, with the versions that decide whether they hold. */
export class Lookups<T> {
  readonly #context: CacheContext<T>;
  readonly #needsClock: boolean;
  readonly #hints = new Map<string, readonly string[]>();

  constructor(context: CacheContext<T>) {
    const { staleWhileRevalidateMs, staleIfErrorMs, eagerBeta, memory } = context.options;
    this.#context = context;
    this.#needsClock = staleWhileRevalidateMs > 0 || staleIfErrorMs > 0 || eagerBeta > 0 || memory !== false;
  }

  /** One trip; another if the entry has tags that nobody knew of. */
  async read(wanted: Wanted, signal?: AbortSignal): Promise<Found | Missing> {
    let seen: string | undefined;
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const since = this.#context.log.now;
      const tags = this.#tagsToRead(wanted);
      const [result] = await this.#readStore([wanted.key], [tags], signal);
      const judgement = this.#judge(wanted, tags, result!, since);
      if (judgement.kind !== "unknownTags") return judgement;
      this.#remember(wanted.key, judgement.tags);
      seen = result!.entry?.id;
    }
    return { kind: "missing", seen };
  }

  /** The same for many: one trip; another for those with tags that nobody knew of. */
  async readMany(wanted: readonly Wanted[], signal?: AbortSignal): Promise<(Found | Missing)[]> {
    const since = this.#context.log.now;
    const tags = wanted.map((one) => this.#tagsToRead(one));
    const results = await this.#readStore(
      wanted.map(({ key }) => key),
      tags,
      signal,
    );
    const judgements: (Found | Missing)[] = [];
    const again: Promise<void>[] = [];
    for (const [index, one] of wanted.entries()) {
      const judgement = this.#judge(one, tags[index]!, results[index]!, since);
      if (judgement.kind !== "unknownTags") {
        judgements[index] = judgement;
        continue;
      }
      this.#remember(one.key, judgement.tags);
      again.push(
        this.read(one, signal).then((second) => {
          judgements[index] = second;
        }),
      );
    }
    if (again.length > 0) await Promise.all(again);
    return judgements;
  }

  /**
   * Judges an entry that a claim under the wanted tags has returned; reads again if it has others.
   *
   * @returns `undefined` where the store is away.
   */
  async judgeClaimed(wanted: Wanted, claimed: CacheReadResult, since: Moment): Promise<Found | Missing | undefined> {
    const judgement = this.#judge(wanted, wanted.tags, claimed, since);
    return judgement.kind === "unknownTags" ? tolerate(this.#context, "read", () => this.read(wanted)) : judgement;
  }

  #judge(
    { key, tags, notBefore }: Wanted,
    readTags: readonly string[],
    { entry, versions }: CacheReadResult,
    since: Moment,
  ): Found | Missing | UnknownTags {
    if (!entry) return NOTHING;
    const text = readEntryText(entry.text);
    const { options, clock } = this.#context;
    if (!text || text.meta.version !== options.version) return { kind: "missing", seen: entry.id };
    const { meta, body } = text;
    const current = versionsFor(meta.tags, readTags, versions);
    if (current === undefined) return { kind: "unknownTags", tags: meta.tags };
    if (
      current !== entry.versions ||
      tags.some((tag) => !meta.tags.includes(tag)) ||
      (notBefore && covers(notBefore, key, meta.tags) && entry.startedAtMs <= notBefore.atMs)
    ) {
      return { kind: "missing", seen: entry.id };
    }
    const ageMs = this.#needsClock ? ageOf(entry, clock.now()) : 0;
    return { kind: "found", entry, meta, body, ageMs, freshness: freshnessOf(meta, ageMs, options), since };
  }

  #tagsToRead({ key, tags }: Wanted): readonly string[] {
    const hint = this.#hints.size === 0 ? undefined : this.#hints.get(key);
    return hint ? [...new Set([...tags, ...hint])] : tags;
  }

  #readStore(
    keys: readonly string[],
    tags: readonly (readonly string[])[],
    signal: AbortSignal | undefined,
  ): Promise<CacheReadResult[]> {
    const context = this.#context;
    const bounds = storeCall(context, signal);
    const reads = keys.map((key, index) => ({
      slot: context.keys.slot(key),
      tags: tags[index]!.length === 0 ? NO_KEYS : tags[index]!.map((tag) => context.keys.tag(tag)),
    }));
    return context.store.call((store) => {
      const results = store.read(reads, bounds);
      if (!this.#needsClock || !context.clock.isDue) return results;
      // In the same tick, so in the same trip.
      return Promise.all([results, context.clock.ask(store, bounds?.timeoutMs)]).then(([read]) => read);
    });
  }

  #remember(key: string, tags: readonly string[]): void {
    if (this.#hints.size >= MAX_HINTS) this.#hints.clear();
    this.#hints.set(key, tags);
  }
}

const NO_KEYS: readonly string[] = [];

/**
 * The current versions in the order of an entry's tags, as entries record them. A version that is missing reads as
 * no entry's.
 *
 * @returns `undefined` if one of the tags was not read.
 */
function versionsFor(
  tags: readonly string[],
  readTags: readonly string[],
  versions: readonly (string | undefined)[],
): string | undefined {
  let joined = versions[0] ?? "";
  for (const tag of tags) {
    const position = readTags.indexOf(tag);
    if (position === -1) return undefined;
    joined += `,${versions[position + 1] ?? ""}`;
  }
  return joined;
}
