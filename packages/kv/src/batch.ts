import { BatchError, HoldfastError, type Ttl } from "@holdfast/core";
import { type Command, PreparedCommand, prepareAll } from "./command.ts";
import type { Operations, Preparing, SetConditions } from "./operations.ts";
import type { CallBounds, WriteArguments } from "./options.ts";
import { attempt } from "./send.ts";

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
export type BatchSetArguments<Default extends boolean> = WriteArguments<Default, SetConditions>;

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

/** Bounds of the whole batch, and what to do with failures. */
export interface BatchOptions extends CallBounds {
  /** Give each command's outcome instead of throwing. @default false */
  readonly settle?: boolean;
}

/** @param bounds Of every command. */
export function createBatchBuilder<T, Default extends boolean>(
  operations: Operations<T>,
  bounds: CallBounds,
): BatchBuilder<T, Default> {
  return {
    get: (key) => command(operations.get(key, bounds)),
    getMany: (keys) => command(operations.getMany(keys, bounds)),
    set: (key, value, ...[options]) => command(operations.set(key, value, { ...options, ...bounds })),
    delete: (...keys) => command(operations.delete(keys, bounds)),
    has: (key) => command(operations.has(key, bounds)),
    touch: (key, ttl) => command(operations.touch(key, ttl, bounds)),
    ttl: (key) => command(operations.ttl(key, bounds)),
    increment: (key, options) => command(operations.increment(key, { ...options, ...bounds })),
    compareAndSet: (key, expected, next, ...[options]) =>
      command(operations.compareAndSet(key, expected, next, { ...options, ...bounds })),
    hashGet: (key, field) => command(operations.hashGet(key, field, bounds)),
    hashGetAll: (key) => command(operations.hashGetAll(key, bounds)),
    hashSet: (key, fields, ...[options]) => command(operations.hashSet(key, fields, { ...options, ...bounds })),
    hashDelete: (key, ...fields) => command(operations.hashDelete(key, fields, bounds)),
    hashIncrement: (key, field, by) => command(operations.hashIncrement(key, field, by, bounds)),
  };
}

function command<Result>(prepared: Preparing<Result>): Command<Result> {
  return new PreparedCommand(prepared);
}

/**
 * Sends the commands in one tick, which backends send in one trip.
 *
 * @throws {ValidationError | SerializationError | ValueTooLargeError} A command cannot be sent; then none is.
 * @throws {BatchError} At least one failed, and `settle` is not set. It holds every outcome.
 */
export async function sendBatch(
  commands: readonly Command<unknown>[],
  { settle = false }: BatchOptions,
): Promise<unknown[]> {
  const prepared = await prepareAll(commands);
  const outcomes = await Promise.allSettled(prepared.map(attempt));
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

/** Other errors are a signal's reason: the caller's own words. */
function describe(reason: unknown): string {
  if (reason instanceof HoldfastError) return `${reason.code}: ${reason.message}`;
  return reason instanceof Error ? reason.message : "an abort";
}
