import { BatchError, type Ttl } from "@holdfast/core";
import type { Operations, Prepared, Preparing, SetConditions } from "./operations.ts";
import type { CallBounds, WriteTtl } from "./options.ts";

/** A command of a batch: its result's type, and what prepares it. */
export interface Command<Result> {
  /** Only types. */
  readonly result?: Result;
  readonly prepared: Preparing<unknown>;
}

/** Makes a batch's commands, with the arguments of the methods of the same names. */
export interface BatchBuilder<T, Default extends boolean> {
  get(key: string): Command<T | undefined>;
  getMany(keys: readonly string[]): Command<(T | undefined)[]>;
  set(key: string, value: T, ...options: BatchSetArguments<Default>): Command<boolean>;
  delete(...keys: string[]): Command<number>;
  has(key: string): Command<boolean>;
  touch(key: string, ttl: Ttl): Command<boolean>;
  ttl(key: string): Command<number | "forever" | undefined>;
  increment(key: string, options?: { readonly by?: number; readonly ttl?: Ttl }): Command<number>;
  compareAndSet(
    key: string,
    expected: T | undefined,
    next: T,
    ...options: BatchSetArguments<Default>
  ): Command<boolean>;
  hashGet(key: string, field: string): Command<T | undefined>;
  hashGetAll(key: string): Command<Record<string, T>>;
  hashSet(key: string, fields: Readonly<Record<string, T>>, ...options: BatchSetArguments<Default>): Command<void>;
  hashDelete(key: string, ...fields: string[]): Command<number>;
  hashIncrement(key: string, field: string, by?: number): Command<number>;
}

/** `{ ttl }`, which may be left out where there is a default. */
export type BatchSetArguments<Default extends boolean> = Default extends true
  ? [options?: WriteTtl<true> & SetConditions]
  : [options: WriteTtl<false> & SetConditions];

/** The commands' results, in their order. */
export type BatchResults<Commands extends readonly Command<unknown>[]> = {
  -readonly [Index in keyof Commands]: Commands[Index] extends Command<infer Result> ? Result : never;
};

/** The commands' outcomes, in their order. */
export type BatchOutcomes<Commands extends readonly Command<unknown>[]> = {
  -readonly [Index in keyof Commands]: Commands[Index] extends Command<infer Result>
    ? PromiseSettledResult<Result>
    : never;
};

export interface BatchOptions extends CallBounds {
  /** Give each command's outcome instead of throwing. @default false */
  readonly settle?: boolean;
}

export function createBatchBuilder<T, Default extends boolean>(operations: Operations<T>): BatchBuilder<T, Default> {
  return {
    get: (key) => ({ prepared: operations.get(key) }),
    getMany: (keys) => ({ prepared: operations.getMany(keys) }),
    set: (key, value, ...[options]) => ({ prepared: operations.set(key, value, options) }),
    delete: (...keys) => ({ prepared: operations.delete(keys) }),
    has: (key) => ({ prepared: operations.has(key) }),
    touch: (key, ttl) => ({ prepared: operations.touch(key, ttl) }),
    ttl: (key) => ({ prepared: operations.ttl(key) }),
    increment: (key, options) => ({ prepared: operations.increment(key, options) }),
    compareAndSet: (key, expected, next, ...[options]) => ({
      prepared: operations.compareAndSet(key, expected, next, options),
    }),
    hashGet: (key, field) => ({ prepared: operations.hashGet(key, field) }),
    hashGetAll: (key) => ({ prepared: operations.hashGetAll(key) }),
    hashSet: (key, fields, ...[options]) => ({ prepared: operations.hashSet(key, fields, options) }),
    hashDelete: (key, ...fields) => ({ prepared: operations.hashDelete(key, fields) }),
    hashIncrement: (key, field, by) => ({ prepared: operations.hashIncrement(key, field, by) }),
  };
}

/**
 * Sends the commands in one tick, which backends send in one trip.
 *
 * @throws {BatchError} At least one failed, and `settle` is not set. It holds every outcome.
 */
export async function sendBatch(
  commands: readonly Command<unknown>[],
  { settle = false }: BatchOptions,
): Promise<unknown[]> {
  const prepared = await Promise.all(commands.map((command) => command.prepared as Promise<Prepared<unknown>>));
  const outcomes = await Promise.allSettled(prepared.map((send) => send()));
  if (settle) return outcomes;
  const failures = outcomes.filter((outcome) => outcome.status === "rejected");
  if (failures.length === 0) return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value);
  const [first] = failures;
  throw new BatchError(
    `${failures.length} of ${outcomes.length} commands failed; \`results\` holds every outcome. The first: ${describe(first!.reason)}`,
    outcomes,
    { cause: first!.reason },
  );
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : "an abort";
}
