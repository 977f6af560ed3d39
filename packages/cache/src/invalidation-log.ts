/** What a moment in this process's order of events is compared by. */
export type Moment = number;

/** How many names are remembered; beyond that the older half is forgotten, and what was read before it is void. */
const MAX_NAMES = 50_000;

/**
 * What this process has heard to be void, in order: a read that began before an invalidation was heard must not be
 * trusted after it, however late its reply comes. Names are kept also while nothing is cached under them.
 */
export class InvalidationLog {
  #now: Moment = 0;
  /** Everything read before is void, or not known not to be. */
  #horizon: Moment = 0;
  readonly #keys = new Map<string, Moment>();
  readonly #tags = new Map<string, Moment>();

  get now(): Moment {
    return this.#now;
  }

  /** Begins a new moment in which nothing is void yet. */
  advance(): Moment {
    this.#now += 1;
    return this.#now;
  }

  voidKey(key: string): void {
    this.#record(this.#keys, key);
  }

  voidTag(tag: string): void {
    this.#record(this.#tags, tag);
  }

  voidAll(): void {
    this.#horizon = this.advance();
    this.#keys.clear();
    this.#tags.clear();
  }

  /** Whether what was read at `since` was void by what was heard later. */
  isVoid(key: string, tags: readonly string[], since: Moment): boolean {
    if (this.#now === since) return false;
    if (this.#horizon > since || (this.#keys.get(key) ?? 0) > since) return true;
    for (const tag of tags) if ((this.#tags.get(tag) ?? 0) > since) return true;
    return false;
  }

  #record(names: Map<string, Moment>, name: string): void {
    // The most recent last: a map keeps the order of insertion.
    names.delete(name);
    names.set(name, this.advance());
    if (names.size <= MAX_NAMES) return;
    let surplus = names.size - MAX_NAMES / 2;
    for (const [old, moment] of names) {
      if (surplus === 0) break;
      names.delete(old);
      this.#horizon = Math.max(this.#horizon, moment);
      surplus -= 1;
    }
  }
}
