import { FactoryTimeoutError, parseDuration } from "@holdfast/core";
import type { Plan } from "./computation.ts";
import type { CacheContext } from "./context.ts";
import type { Factory } from "./factory.ts";
import { isDueEarly } from "./freshness.ts";
import { Handout } from "./handout.ts";
import type { Found, Lookups, Wanted } from "./lookup.ts";
import { countMiss, type Opened, openFound } from "./open-found.ts";
import { NO_TAGS, ttlMsOf } from "./options.ts";
import type { Pursuits } from "./pursuits.ts";
import type { GetOrSetOptions, Reads } from "./reads.ts";
import { type Detailed, MISS } from "./result.ts";
import { Shared } from "./shared.ts";
import { withTimeout } from "./timers.ts";
import { tolerate } from "./tolerate.ts";

/** How many keys whose factory failed lately are remembered. */
const MAX_FAILURES = 10_000;

/** Reads that compute what is missing. */
export class ComputingReads<T> {
  readonly #context: CacheContext<T>;
  readonly #lookups: Lookups<T>;
  readonly #reads: Reads<T>;
  readonly #pursuits: Pursuits<T>;
  /** Looks that have not begun yet: callers of one tick who ask for the same share them. */
  #gathering: Map<string, Shared<Opened<T>>> | undefined;
  readonly #renewing = new Set<string>();
  readonly #failures = new Map<string, { readonly error: unknown; readonly until: number }>();

  constructor(context: CacheContext<T>, lookups: Lookups<T>, reads: Reads<T>, pursuits: Pursuits<T>) {
    this.#context = context;
    this.#lookups = lookups;
    this.#reads = reads;
    this.#pursuits = pursuits;
  }

  getOrSet(key: string, factory: Factory<T>, options?: GetOrSetOptions): Promise<T | Detailed<T>> {
    const kept = this.#reads.fromTier(key, options);
    return kept
      ? Promise.resolve(this.#reads.serveKept(key, kept, options))
      : this.#getOrCompute(key, factory, options ?? {});
  }

  async #getOrCompute(key: string, factory: Factory<T>, options: GetOrSetOptions): Promise<T | Detailed<T>> {
    const plan = this.#planOf(key, factory, options);
    options.signal?.throwIfAborted();
    const { handout, facts } = await this.#look(plan, options).join(options.signal);
    const value = await handout.take();
    return options.detailed ? { ...facts, value } : value;
  }

  /** @throws {InvalidKeyError | RangeError} A key, a tag or the TTL is not one. */
  #planOf(key: string, factory: Factory<T>, { ttl, tags = NO_TAGS }: GetOrSetOptions): Plan<T> {
    const { keys, options } = this.#context;
    keys.assertKey(key);
    for (const tag of tags) keys.tag(tag);
    const names = tags.length > 1 ? [...new Set(tags)] : tags;
    return { key, factory, tags: names, ttlMs: ttlMsOf(ttl, options), stale: undefined };
  }

  #look(plan: Plan<T>, options: GetOrSetOptions): Shared<Opened<T>> {
    const special = options.notBefore ?? options.softTimeout ?? options.hardTimeout ?? options.ttl;
    const name = special === undefined ? nameOf(plan) : undefined;
    const present = name === undefined ? undefined : this.#gathering?.get(name);
    if (present && !present.abandoned) {
      this.#context.counts.joined += 1;
      return present;
    }
    // Before the look: nobody may join one that has begun.
    this.#gathering ??= this.#gather();
    const look = new Shared<Opened<T>>((self) =>
      this.#run(plan, { key: plan.key, tags: plan.tags, notBefore: options.notBefore }, options, self),
    );
    if (name !== undefined) this.#gathering.set(name, look);
    return look;
  }

  /** A map that is dropped whole: one whose entries come and go without end keeps its old tables alive for long. */
  #gather(): Map<string, Shared<Opened<T>>> {
    queueMicrotask(() => {
      this.#gathering = undefined;
    });
    return new Map();
  }

  async #run(plan: Plan<T>, wanted: Wanted, options: GetOrSetOptions, look: Shared<Opened<T>>): Promise<Opened<T>> {
    const context = this.#context;
    const read = await tolerate(context, "read", () => this.#lookups.read(wanted));
    const found = read?.kind === "found" ? read : undefined;
    const opened = found && found.freshness !== "late" ? await openFound(context, plan.key, found) : undefined;
    if (found && opened) {
      if (found.freshness === "stale" || isDueEarly(found.meta, found.ageMs, context.options)) {
        this.#renew(plan, wanted, found);
      }
      return opened;
    }
    const kept = read ? undefined : this.#reads.lastKept(plan.key, options);
    if (kept) {
      const { value, ...facts } = this.#reads.serveKept(plan.key, kept, { detailed: true }) as Detailed<T>;
      return { handout: new Handout(value, kept.copy), facts };
    }
    countMiss(context, plan.key);
    const seen = read?.kind === "missing" ? read.seen : found?.entry.id;
    return this.#compute(plan, wanted, seen, found, options, look.signal);
  }

  /** Computes, with the late entry at hand where computing fails or takes too long. */
  async #compute(
    plan: Plan<T>,
    wanted: Wanted,
    seen: string | undefined,
    late: Found | undefined,
    options: GetOrSetOptions,
    signal: AbortSignal,
  ): Promise<Opened<T>> {
    this.#throwRecentFailure(plan.key);
    const { softTimeoutMs, hardTimeoutMs } = this.#timeouts(options);
    const stale = late && (await openFound(this.#context, plan.key, late));
    const given = { ...plan, stale: await stale?.handout.take() };
    const work = this.#pursueWithin(hardTimeoutMs, given, wanted, seen, signal);
    try {
      if (stale && softTimeoutMs !== undefined) {
        return await withTimeout(work, softTimeoutMs, () => {
          this.#goOnInBackground(work);
          return stale;
        });
      }
      return await work;
    } catch (error) {
      if (signal.aborted) throw error;
      this.#rememberFailure(plan.key, error);
      if (stale) return stale;
      throw error;
    }
  }

  /** A caller whose time is over leaves; the computation goes on while others wait for it. */
  async #pursueWithin(
    timeoutMs: number | undefined,
    plan: Plan<T>,
    wanted: Wanted,
    seen: string | undefined,
    signal: AbortSignal,
  ): Promise<Opened<T>> {
    if (timeoutMs === undefined) return this.#pursue(plan, wanted, seen, signal);
    const leave = new AbortController();
    const work = this.#pursue(plan, wanted, seen, AbortSignal.any([signal, leave.signal]));
    return withTimeout(work, timeoutMs, () => {
      const error = new FactoryTimeoutError(
        `The value was not computed within hardTimeout, ${timeoutMs} ms.`,
        timeoutMs,
      );
      leave.abort(error);
      throw error;
    });
  }

  async #pursue(plan: Plan<T>, wanted: Wanted, seen: string | undefined, signal: AbortSignal): Promise<Opened<T>> {
    const outcome = await this.#pursuits.pursue(plan, wanted, seen, signal);
    if (outcome.kind === "computed") return { handout: outcome.handout, facts: MISS };
    const opened = await openFound(this.#context, plan.key, outcome);
    // What others stored is not valid here: this caller computes for itself.
    return opened ?? this.#pursue(plan, wanted, outcome.entry.id, signal);
  }

  #renew(plan: Plan<T>, wanted: Wanted, { entry }: Found): void {
    if (this.#renewing.has(plan.key)) return;
    this.#renewing.add(plan.key);
    const work = this.#pursue(plan, wanted, entry.id, new AbortController().signal).finally(() =>
      this.#renewing.delete(plan.key),
    );
    this.#goOnInBackground(work);
  }

  /** What fails there has been counted, and told as an event. */
  #goOnInBackground(work: Promise<unknown>): void {
    const settled = work.catch(() => {});
    this.#context.options.waitUntil?.(settled);
  }

  #timeouts({ softTimeout, hardTimeout }: GetOrSetOptions): {
    softTimeoutMs?: number | undefined;
    hardTimeoutMs?: number | undefined;
  } {
    const { options } = this.#context;
    return {
      softTimeoutMs: softTimeout === undefined ? options.softTimeoutMs : parseDuration(softTimeout, "softTimeout"),
      hardTimeoutMs: hardTimeout === undefined ? options.hardTimeoutMs : parseDuration(hardTimeout, "hardTimeout"),
    };
  }

  #throwRecentFailure(key: string): void {
    const failure = this.#failures.get(key);
    if (!failure) return;
    if (performance.now() < failure.until) throw failure.error;
    this.#failures.delete(key);
  }

  #rememberFailure(key: string, error: unknown): void {
    const { errorBackoffMs } = this.#context.options;
    if (errorBackoffMs === 0) return;
    if (this.#failures.size >= MAX_FAILURES) this.#failures.clear();
    this.#failures.set(key, { error, until: performance.now() + errorBackoffMs });
  }
}

/** Two looks are one only if they want the same key under the same tags: either may hold any character. */
function nameOf({ key, tags }: Pick<Plan<unknown>, "key" | "tags">): string {
  return tags.length === 0 ? ` ${key}` : JSON.stringify([key, ...tags]);
}
