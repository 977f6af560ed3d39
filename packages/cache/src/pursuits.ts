import { type CacheReadResult, FactoryFailedError } from "@holdfast/core";
import { type Computed, compute, computeUnstored, type Plan } from "./computation.ts";
import type { CacheContext } from "./context.ts";
import type { Moment } from "./invalidation-log.ts";
import { type Claimed, claimAll } from "./leases.ts";
import type { Found, Lookups, Wanted } from "./lookup.ts";
import { Shared } from "./shared.ts";

/** What a key's pursuit ends with: an entry that somebody stored, or a value that was computed here. */
export type Outcome<T> = Found | Computed<T>;

/** A computation under way that callers of this process may join, as long as `token` still holds the lease. */
interface Pursuit<T> {
  token: string;
  readonly shared: Shared<Outcome<T>>;
}

/** The same while the store is away: joined as long as nothing was heard `since` that voids it. */
interface LocalPursuit<T> {
  readonly since: Moment;
  readonly shared: Shared<Outcome<T>>;
}

/** Between looks at another's lease, in milliseconds: from the first, growing, up to the longest. */
const FIRST_POLL_MS = 4;
const LONGEST_POLL_MS = 100;
/** Where the bus wakes whoever waits, looking is only a precaution. */
const LONGEST_POLL_WITH_BUS_MS = 1_000;

/**
 * Finds a value for a key that has none: takes the lease and computes, or waits for whoever has it.
 *
 * A caller joins a computation of this process only after the store, asked after the caller came, says that the
 * lease is still that computation's: an invalidation in between would have voided it.
 */
export class Pursuits<T> {
  readonly #context: CacheContext<T>;
  readonly #lookups: Lookups<T>;
  readonly #byKey = new Map<string, Pursuit<T>>();
  /** While the store is away: computations whose values are kept nowhere. */
  readonly #local = new Map<string, LocalPursuit<T>>();

  constructor(context: CacheContext<T>, lookups: Lookups<T>) {
    this.#context = context;
    this.#lookups = lookups;
  }

  /**
   * @param seen The id of the entry that was found void or stale.
   * @param signal Lets go of the pursuit; it goes on while others hold it.
   */
  async pursue(plan: Plan<T>, wanted: Wanted, seen: string | undefined, signal: AbortSignal): Promise<Outcome<T>> {
    let unwanted = seen;
    for (;;) {
      const claimed = await this.#claim(plan, unwanted, undefined);
      if (!claimed) return this.#pursueLocally(plan, signal);
      const { result } = claimed;
      if (result.kind === "entry") {
        const found = await this.#judge(result, wanted, claimed.since);
        if (found) return found;
        unwanted = result.entry.id;
        continue;
      }
      const present = this.#byKey.get(plan.key);
      if (result.kind === "held" && present?.token === result.token && !present.shared.abandoned) {
        this.#context.counts.joined += 1;
        return present.shared.join(signal);
      }
      const pursuit: Pursuit<T> = {
        token: result.kind === "held" ? result.token : claimed.token,
        shared: new Shared(({ signal: own }) => this.#follow(pursuit, plan, wanted, unwanted, claimed, own)),
      };
      this.#byKey.set(plan.key, pursuit);
      return pursuit.shared.join(signal);
    }
  }

  /** From a first claim to an outcome, whoever computes it. */
  async #follow(
    pursuit: Pursuit<T>,
    plan: Plan<T>,
    wanted: Wanted,
    seen: string | undefined,
    first: Claimed,
    signal: AbortSignal,
  ): Promise<Outcome<T>> {
    let unwanted = seen;
    let claimed = first;
    try {
      for (let looks = 0; ; looks += 1) {
        const { result, token, since } = claimed;
        let waitedFor: string | undefined;
        if (result.kind === "granted") {
          pursuit.token = token;
          return await compute(this.#context, plan, { ...result, token, since }, signal);
        }
        if (result.kind === "failed") {
          throw new FactoryFailedError(
            "The value's computation failed in another process, which has the error. Call again to start another one.",
          );
        }
        if (result.kind === "held") {
          pursuit.token = result.token;
          waitedFor = result.token;
          await this.#wait(plan.key, result.remainingMs, looks, signal);
        } else {
          const found = await this.#judge(result, wanted, since);
          if (found) return found;
          unwanted = result.entry.id;
        }
        const next = await this.#claim(plan, unwanted, waitedFor);
        if (!next) return await computeUnstored(this.#context, plan, signal);
        claimed = next;
      }
    } finally {
      if (this.#byKey.get(plan.key) === pursuit) this.#byKey.delete(plan.key);
    }
  }

  /** @returns `undefined` where the store is away. */
  async #claim(
    { key, tags, ttlMs }: Plan<T>,
    seen: string | undefined,
    waitedFor: string | undefined,
  ): Promise<Claimed | undefined> {
    const claimed = await claimAll(this.#context, [{ key, tags, ttlMs, seen, waitedFor }]);
    return claimed?.[0];
  }

  async #judge(claimed: CacheReadResult, wanted: Wanted, since: Moment): Promise<Found | undefined> {
    const judged = await this.#lookups.judgeClaimed(wanted, claimed, since);
    return judged?.kind === "found" && judged.freshness === "fresh" ? judged : undefined;
  }

  async #wait(key: string, remainingMs: number, looks: number, signal: AbortSignal): Promise<void> {
    const { bus, wakes } = this.#context;
    // Messages are listened to from the first wait on; until they arrive, looking often makes up for it.
    void bus?.start();
    const longestMs = bus ? LONGEST_POLL_WITH_BUS_MS : LONGEST_POLL_MS;
    const pollMs = Math.min(FIRST_POLL_MS * 2 ** looks, longestMs, Math.max(1, remainingMs));
    await wakes.wait(key, pollMs * (0.5 + Math.random() / 2), signal);
  }

  /** While the store is away only this process is asked; what it has heard to be void since is not joined. */
  #pursueLocally(plan: Plan<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const { key, tags } = plan;
    const { log, counts } = this.#context;
    const present = this.#local.get(key);
    if (present && !present.shared.abandoned && !log.isVoid(key, tags, present.since)) {
      counts.joined += 1;
      return present.shared.join(signal);
    }
    const pursuit: LocalPursuit<T> = {
      since: log.now,
      shared: new Shared<Outcome<T>>(async ({ signal: own }) => {
        try {
          return await computeUnstored(this.#context, plan, own);
        } finally {
          if (this.#local.get(key) === pursuit) this.#local.delete(key);
        }
      }),
    };
    this.#local.set(key, pursuit);
    return pursuit.shared.join(signal);
  }
}
