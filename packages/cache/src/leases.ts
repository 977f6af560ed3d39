import type { CacheClaimResult } from "@holdfast/core";
import { type CacheContext, storeCall } from "./context.ts";
import type { FactoryNotes } from "./factory.ts";
import { jittered, keptForMs, versionsKeptForMs } from "./freshness.ts";
import type { Moment } from "./invalidation-log.ts";
import type { EncodedValue } from "./stored-values.ts";
import { keepInTier } from "./tier-entry.ts";
import { LONGEST_TIMER_MS } from "./timers.ts";
import { createToken } from "./token.ts";
import { tolerate } from "./tolerate.ts";

/** A wish to compute a key. */
export interface Request {
  readonly key: string;
  readonly tags: readonly string[];
  readonly ttlMs: number;
  /** The id of the entry that was found void, or too old. */
  readonly seen: string | undefined;
  /** The lease that was waited for. */
  readonly waitedFor?: string | undefined;
}

/** What the store says to a request. */
export interface Claimed {
  readonly result: CacheClaimResult;
  readonly token: string;
  /** What was heard of invalidations when it was asked. */
  readonly since: Moment;
}

/** The right to fill an entry, and what it was granted under. */
export interface Grant {
  readonly token: string;
  readonly versions: readonly string[];
  readonly epoch: string;
  readonly startedAtMs: number;
  readonly since: Moment;
}

/** A value to be stored under a grant. */
export interface Filling {
  readonly key: string;
  readonly tags: readonly string[];
  readonly grant: Grant;
  readonly notes: FactoryNotes;
  readonly encoded: EncodedValue;
  readonly costMs: number;
}

/** How long those who wait elsewhere may take to notice a failure. */
const FAILURE_NOTICE_MS = 2_000;

/** Asks for the leases of all keys in one trip. @returns `undefined` where the store is away. */
export function claimAll<T>(context: CacheContext<T>, requests: readonly Request[]): Promise<Claimed[] | undefined> {
  const { keys, options, store, log, clock } = context;
  const since = log.now;
  const claims = requests.map(({ key, tags, ttlMs, seen, waitedFor }) => ({
    slot: keys.slot(key),
    tags: tags.map((tag) => keys.tag(tag)),
    epoch: keys.epoch,
    token: createToken(),
    leaseTtlMs: options.leaseTtlMs,
    versionTtlMs: versionsKeptForMs(keptForMs(ttlMs, options)),
    seen,
    waitedFor,
  }));
  return tolerate(context, "claim", async () => {
    const results = await store.call((cacheStore) => cacheStore.claim(claims, storeCall(context)));
    for (const result of results) if (result.kind === "granted") clock.learn(result.startedAtMs);
    return results.map((result, index) => ({ result, token: claims[index]!.token, since }));
  });
}

/** Stores all values whose leases still hold, in one trip, and keeps those in memory too. */
export async function fillAll<T>(context: CacheContext<T>, fillings: readonly Filling[]): Promise<void> {
  if (fillings.length === 0) return;
  const { options, keys, store, values, counts, emit, bus } = context;
  const prepared = fillings.map(({ key, tags, grant, notes, encoded, costMs }) => {
    const late = [...new Set(notes.lateTags)].filter((tag) => !tags.includes(tag));
    const freshForMs = jittered(notes.ttlMs, options);
    const keptMs = keptForMs(freshForMs, options);
    const meta = { freshForMs, costMs, tags: [...tags, ...late] };
    const fill = {
      slot: keys.slot(key),
      tags: tags.map((tag) => keys.tag(tag)),
      token: grant.token,
      startedAtMs: grant.startedAtMs,
      versions: grant.versions,
      text: values.toText(encoded, meta),
      ttlMs: keptMs,
      versionTtlMs: versionsKeptForMs(keptMs),
      lateTags: late.map((tag) => keys.tag(tag)),
      epoch: { key: keys.epoch, version: grant.epoch },
      wake: bus?.announceWake(key),
    };
    return { fill, meta };
  });
  const stored = await tolerate(context, "fill", () =>
    store.call((cacheStore) =>
      cacheStore.fill(
        prepared.map(({ fill }) => fill),
        storeCall(context),
      ),
    ),
  );
  for (const [index, { key, encoded, grant, costMs }] of fillings.entries()) {
    const isStored = stored?.[index] === true;
    if (isStored) await keepInTier(context, key, encoded, prepared[index]!.meta, grant);
    else counts.discarded += 1;
    emit?.({ type: "computed", key, durationMs: costMs, stored: isStored });
    context.wakes.wake(key);
  }
}

/** Prolongs leases until it is told to stop. */
export function keepRenewing<T>(
  context: CacheContext<T>,
  leases: readonly { readonly key: string; readonly grant: Grant }[],
): () => void {
  const { keys, store, options } = context;
  const renewal = setInterval(
    () => {
      for (const { key, grant } of leases) {
        void tolerate(context, "renew", () =>
          store.call((cacheStore) =>
            cacheStore.renew(keys.slot(key), grant.token, options.leaseTtlMs, storeCall(context)),
          ),
        );
      }
    },
    Math.min(options.leaseTtlMs / 3, LONGEST_TIMER_MS),
  );
  return () => clearInterval(renewal);
}

/** @param failed Whether those who wait elsewhere are to be told of a failure, instead of trying themselves. */
export async function release<T>(
  context: CacheContext<T>,
  key: string,
  { token }: Grant,
  failed: boolean,
): Promise<void> {
  const { keys, store, wakes, bus } = context;
  const failureTtlMs = failed ? FAILURE_NOTICE_MS : undefined;
  await tolerate(context, "release", () =>
    store.call((cacheStore) =>
      cacheStore.release(keys.slot(key), token, failureTtlMs, bus?.announceWake(key), storeCall(context)),
    ),
  );
  wakes.wake(key);
}
