import { type CacheSlot, ValueTooLargeError } from "@holdfast/core";
import { type CacheContext, storeCall, wakeOf } from "./context.ts";
import { type Factory, type FactoryNotes, runFactory } from "./factory.ts";
import { isFault } from "./faults.ts";
import { jittered, keptForMs, versionsKeptForMs } from "./freshness.ts";
import { Handout } from "./handout.ts";
import type { Moment } from "./invalidation-log.ts";
import type { EncodedValue } from "./stored-values.ts";
import { keepInTier } from "./tier-entry.ts";

/** What is to be computed, and how. */
export interface Plan<T> {
  readonly key: string;
  readonly tags: readonly string[];
  readonly factory: Factory<T>;
  readonly ttlMs: number;
  readonly stale: T | undefined;
}

/** The right to fill an entry, and what it was granted under. */
export interface Grant {
  readonly token: string;
  readonly versions: readonly string[];
  readonly epoch: string;
  readonly startedAtMs: number;
  /** What was heard of invalidations when it was asked for. */
  readonly since: Moment;
}

/** A value fresh from its factory. */
export interface Computed<T> {
  readonly kind: "computed";
  readonly handout: Handout<T>;
}

/** How long those who wait elsewhere may take to notice a failure. */
const FAILURE_NOTICE_MS = 2_000;

/** Runs the factory under a lease, which it renews, and stores the value if the lease still holds at the end. */
export async function compute<T>(
  context: CacheContext<T>,
  plan: Plan<T>,
  grant: Grant,
  signal: AbortSignal,
): Promise<Computed<T>> {
  const slot = context.keys.slot(plan.key);
  const startedAt = performance.now();
  const renewal = setInterval(() => renew(context, slot, grant), context.options.leaseTtlMs / 3);
  try {
    const { value, notes } = await runCounted(context, plan, signal);
    if (notes.skipped) {
      await release(context, plan.key, slot, grant, undefined);
      return computed(context, value, undefined);
    }
    const encoded = await encode(context, value);
    if (!encoded) await release(context, plan.key, slot, grant, undefined);
    else await fill(context, plan, grant, slot, notes, encoded, performance.now() - startedAt);
    return computed(context, value, encoded);
  } catch (error) {
    // Nobody waits: the next caller may compute at once. A failure is told to those who wait elsewhere.
    await release(context, plan.key, slot, grant, signal.aborted ? undefined : FAILURE_NOTICE_MS);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

/** Runs the factory while the store is away: the value is returned, and kept nowhere. */
export async function computeUnstored<T>(
  context: CacheContext<T>,
  plan: Plan<T>,
  signal: AbortSignal,
): Promise<Computed<T>> {
  const { value } = await runCounted(context, plan, signal);
  return computed(context, value, await encode(context, value).catch(() => undefined));
}

function computed<T>({ values }: CacheContext<T>, value: T, encoded: EncodedValue | undefined): Computed<T> {
  return { kind: "computed", handout: new Handout(value, encoded && (() => values.decode(encoded))) };
}

/** @returns `undefined` for a value that is too large, where that is to be passed over. */
export async function encode<T>(
  { options, values, counts }: CacheContext<T>,
  value: T,
): Promise<EncodedValue | undefined> {
  try {
    return await values.encode(value);
  } catch (error) {
    if (options.onTooLarge === "throw" || !(error instanceof ValueTooLargeError)) throw error;
    counts.discarded += 1;
    return undefined;
  }
}

async function runCounted<T>(
  { counts, emit }: CacheContext<T>,
  { key, factory, stale, ttlMs }: Plan<T>,
  signal: AbortSignal,
): Promise<{ value: T; notes: FactoryNotes }> {
  counts.factoryRuns += 1;
  try {
    return await runFactory(factory, signal, stale, ttlMs);
  } catch (error) {
    if (!signal.aborted) {
      counts.factoryErrors += 1;
      emit?.({ type: "factoryError", key, error });
    }
    throw error;
  }
}

async function fill<T>(
  context: CacheContext<T>,
  { key, tags }: Plan<T>,
  grant: Grant,
  slot: CacheSlot,
  { ttlMs, lateTags }: FactoryNotes,
  encoded: EncodedValue,
  costMs: number,
): Promise<void> {
  const { options, keys, store, values, counts, emit } = context;
  const late = [...new Set(lateTags)].filter((tag) => !tags.includes(tag));
  const freshForMs = jittered(ttlMs, options);
  const keptMs = keptForMs(freshForMs, options);
  const meta = { freshForMs, costMs, tags: [...tags, ...late] };
  const stored = await tolerate(context, "fill", async () => {
    const [done] = await store.call((cacheStore) =>
      cacheStore.fill(
        [
          {
            slot,
            tags: tags.map((tag) => keys.tag(tag)),
            token: grant.token,
            startedAtMs: grant.startedAtMs,
            versions: grant.versions,
            text: values.toText(encoded, meta),
            ttlMs: keptMs,
            versionTtlMs: versionsKeptForMs(keptMs),
            lateTags: late.map((tag) => keys.tag(tag)),
            epoch: { key: keys.epoch, version: grant.epoch },
            wake: wakeOf(context, key),
          },
        ],
        storeCall(context),
      ),
    );
    return done;
  });
  if (stored) await keepInTier(context, key, encoded, meta, grant);
  else counts.discarded += 1;
  emit?.({ type: "computed", key, durationMs: costMs, stored: stored === true });
}

function renew<T>(context: CacheContext<T>, slot: CacheSlot, { token }: Grant): void {
  void tolerate(context, "renew", () =>
    context.store.call((store) => store.renew(slot, token, context.options.leaseTtlMs, storeCall(context))),
  );
}

async function release<T>(
  context: CacheContext<T>,
  key: string,
  slot: CacheSlot,
  { token }: Grant,
  failureTtlMs: number | undefined,
): Promise<void> {
  await tolerate(context, "release", () =>
    context.store.call((store) => store.release(slot, token, failureTtlMs, wakeOf(context, key), storeCall(context))),
  );
}

/** The store's faults must not cost a caller the value that the factory made. */
export async function tolerate<T, Result>(
  { counts, emit }: Pick<CacheContext<T>, "counts" | "emit">,
  operation: string,
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!isFault(error)) throw error;
    counts.storeErrors += 1;
    emit?.({ type: "storeError", operation, error });
    return undefined;
  }
}
