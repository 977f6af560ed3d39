import type { InvalidationLog, Moment } from "./invalidation-log.ts";
import { NO_TAGS } from "./options.ts";

/** How many keys are remembered. */
const MAX_KEYS = 10_000;

/**
 * Which keys the store probably has. A guess: reading is cheaper than claiming, which reads too, but it is a trip for
 * nothing where a key then has to be claimed. What tags void stays there, so it is read to be seen as void.
 */
export class Expectations {
  readonly #log: InvalidationLog;
  readonly #known = new Map<string, { readonly until: number; readonly since: Moment }>();

  constructor(log: InvalidationLog) {
    this.#log = log;
  }

  /** The store has the key for `forMs` from now on, unless it is deleted. */
  note(key: string, forMs: number, since: Moment): void {
    if (this.#known.size >= MAX_KEYS && !this.#known.has(key)) this.#known.clear();
    this.#known.set(key, { until: performance.now() + forMs, since });
  }

  /** Whether the store has most of the keys. */
  hasMost(keys: readonly string[]): boolean {
    const now = performance.now();
    let there = 0;
    for (const key of keys) {
      const known = this.#known.get(key);
      if (known && now < known.until && !this.#log.isVoid(key, NO_TAGS, known.since)) there += 1;
    }
    return there > keys.length / 2;
  }
}
