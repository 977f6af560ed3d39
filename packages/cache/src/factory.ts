import type { Ttl } from "@holdfast/core";
import { ttlToMs } from "./options.ts";

/** What a factory is given. */
export interface FactoryContext<T> {
  /** Aborts when nobody waits for the value any more. */
  readonly signal: AbortSignal;
  /** The value to be replaced, where a stale one is at hand. */
  readonly stale: T | undefined;
  /** Decides the entry's TTL from the value. */
  setTtl(ttl: Ttl): void;
  /** Adds tags that only the value tells. */
  setTags(tags: readonly string[]): void;
  /** The value goes to whoever waits for it, the same object to each, and is not stored. */
  skip(): void;
}

/** Computes a value. */
export type Factory<T> = (context: FactoryContext<T>) => T | Promise<T>;

/** What a factory said beside its value. */
export interface FactoryNotes {
  ttlMs: number;
  readonly lateTags: string[];
  skipped: boolean;
}

/** Runs a factory; rejects with the signal's reason as soon as it aborts, whether the factory listens or not. */
export async function runFactory<T>(
  factory: Factory<T>,
  signal: AbortSignal,
  stale: T | undefined,
  ttlMs: number,
): Promise<{ value: T; notes: FactoryNotes }> {
  const notes: FactoryNotes = { ttlMs, lateTags: [], skipped: false };
  const value = await untilAborted(
    Promise.resolve(
      factory({
        signal,
        stale,
        setTtl: (ttl) => {
          notes.ttlMs = ttlToMs(ttl);
        },
        setTags: (tags) => {
          notes.lateTags.push(...tags);
        },
        skip: () => {
          notes.skipped = true;
        },
      }),
    ),
    signal,
  );
  return { value, notes };
}

/** Rejects with the signal's reason when it aborts first. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
