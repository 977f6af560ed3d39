import { ValueTooLargeError } from "@holdfast/core";
import type { CacheContext } from "./context.ts";
import { type Factory, type FactoryNotes, runFactory } from "./factory.ts";
import { Handout } from "./handout.ts";
import { fillAll, type Grant, keepRenewing, release } from "./leases.ts";
import type { EncodedValue } from "./stored-values.ts";

/** What is to be computed, and how. */
export interface Plan<T> {
  readonly key: string;
  readonly tags: readonly string[];
  readonly factory: Factory<T>;
  readonly ttlMs: number;
  readonly stale: T | undefined;
}

/** A value fresh from its factory. */
export interface Computed<T> {
  readonly kind: "computed";
  readonly handout: Handout<T>;
}

/** Runs the factory under a lease, which it renews, and stores the value if the lease still holds at the end. */
export async function compute<T>(
  context: CacheContext<T>,
  plan: Plan<T>,
  grant: Grant,
  signal: AbortSignal,
): Promise<Computed<T>> {
  const { key, tags } = plan;
  const startedAt = performance.now();
  const stopRenewing = keepRenewing(context, [{ key, grant }]);
  try {
    const { value, notes } = await run(context, plan, signal);
    const encoded = notes.skipped ? undefined : await encode(context, value);
    if (!encoded) await release(context, key, grant, false);
    else await fillAll(context, [{ key, tags, grant, notes, encoded, costMs: performance.now() - startedAt }]);
    return computed(context, value, encoded);
  } catch (error) {
    // If nobody waits, the next caller may compute at once. A failure is told to those who wait elsewhere.
    await release(context, key, grant, !signal.aborted);
    throw error;
  } finally {
    stopRenewing();
  }
}

/** Runs the factory while the store is away: the value is returned, and kept nowhere. */
export async function computeUnstored<T>(
  context: CacheContext<T>,
  plan: Plan<T>,
  signal: AbortSignal,
): Promise<Computed<T>> {
  const { value } = await run(context, plan, signal);
  return computed(context, value, await encode(context, value).catch(() => undefined));
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

function computed<T>({ values }: CacheContext<T>, value: T, encoded: EncodedValue | undefined): Computed<T> {
  return { kind: "computed", handout: new Handout(value, encoded && (() => values.decode(encoded))) };
}

async function run<T>(
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
