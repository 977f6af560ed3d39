import { requireCapability, type Ttl } from "@holdfast/core";
import {
  type BatchBuilder,
  type BatchOptions,
  type BatchOutcomes,
  type BatchResults,
  createBatchBuilder,
  sendBatch,
} from "./batch.ts";
import type { Command } from "./command.ts";
import type { Entries } from "./entries.ts";
import { createHash, type KvHash } from "./hash.ts";
import { iterateKeys, type KeysOptions } from "./iterate-keys.ts";
import { Operations, type SetConditions } from "./operations.ts";
import type { CallBounds, KvOptions, WriteArguments } from "./options.ts";
import { sendPrepared } from "./send.ts";

/** `{ ttl, … }`, which may be left out where there is a default. */
export type SetArguments<Default extends boolean> = WriteArguments<Default, SetConditions & CallBounds>;

/** `{ ttl }`, which may be left out where there is a default. */
export type TtlArguments<Default extends boolean> = WriteArguments<Default, CallBounds>;

/**
 * Typed access to keys. Every method is one round trip unless it says otherwise, and rejects with a `HoldfastError`
 * if the store fails; bad arguments reject before anything is sent.
 *
 * @typeParam Default Whether there is a `defaultTtl`, so that writes may leave `ttl` out. A function that takes a
 * `Kv<T>` names its TTLs, and is given either kind.
 */
export interface Kv<T, Default extends boolean = false> {
  /** @returns `undefined` if the key is missing; `null` is a value. */
  get(key: string, bounds?: CallBounds): Promise<T | undefined>;
  /** One trip; the order is kept. */
  getMany(keys: readonly string[], bounds?: CallBounds): Promise<(T | undefined)[]>;
  /**
   * Replaces the value and its TTL.
   *
   * @returns Whether it was written: `false` only under a condition.
   * @throws {RangeError} No `ttl`, and no `defaultTtl`.
   * @throws {SerializationError | ValidationError | ValueTooLargeError} The value cannot be stored; nothing was written.
   */
  set(key: string, value: T, ...options: SetArguments<Default>): Promise<boolean>;
  /** Writes every entry, in one trip, not atomically as a whole; nothing if one of them cannot be stored. */
  setMany(entries: Entries<T>, ...options: TtlArguments<Default>): Promise<void>;
  /** @returns How many keys existed. */
  delete(...keys: string[]): Promise<number>;
  has(key: string, bounds?: CallBounds): Promise<boolean>;
  /** Sets the remaining life. @returns Whether the key exists. */
  touch(key: string, ttl: Ttl, bounds?: CallBounds): Promise<boolean>;
  /** @returns Remaining milliseconds, `"forever"`, or `undefined` if the key is missing. */
  ttl(key: string, bounds?: CallBounds): Promise<number | "forever" | undefined>;
  /**
   * Adds to a counter, 1 unless told otherwise; a missing one counts as 0. The TTL given, else the default, else no
   * end, is set in the same atomic step if this creates it. It is not repeated after a lost reply.
   *
   * @throws {WrongTypeError} The key holds something else than an integer.
   * @throws {ValidationError} The result would leave ±(2^53−1); nothing was changed.
   */
  increment(key: string, options?: { readonly by?: number; readonly ttl?: Ttl } & CallBounds): Promise<number>;
  /**
   * Writes `next` if the key holds `expected`, in one atomic step. They are compared as stored text, so pass what
   * was read: an object with its properties in another order is another text.
   *
   * @param expected `undefined`: the key is missing.
   * @returns Whether it was written.
   */
  compareAndSet(key: string, expected: T | undefined, next: T, ...options: TtlArguments<Default>): Promise<boolean>;
  /** Every key that begins with `prefix`, once; it always ends. One trip for each page. */
  keys(options?: KeysOptions): AsyncIterable<string>;
  /** The hash at a key. `delete`, `has`, `touch`, `ttl` and `keys` work on hashes too. */
  hash(key: string): KvHash<T, Default>;
  /**
   * Sends several commands in one trip, each with its own outcome.
   *
   * @param build Makes the commands: `b => [b.get("a"), b.increment("n")] as const`.
   * @throws {BatchError} At least one failed. It holds every outcome, in order.
   */
  batch<const Commands extends readonly Command<unknown>[]>(
    build: (builder: BatchBuilder<T, Default>) => Commands,
    options?: BatchOptions & { readonly settle?: false },
  ): Promise<BatchResults<Commands>>;
  /** As above, with each command's outcome instead of an error. */
  batch<const Commands extends readonly Command<unknown>[]>(
    build: (builder: BatchBuilder<T, Default>) => Commands,
    options: BatchOptions & { readonly settle: true },
  ): Promise<BatchOutcomes<Commands>>;
}

/**
 * Opens a namespace of a backend.
 *
 * @throws {UnsupportedCapabilityError} The backend has no key-value store.
 * @throws {InvalidKeyError | RangeError} The namespace or another option is out of its range.
 */
export function createKv<T = unknown>(options: KvOptions<T> & { readonly defaultTtl: Ttl }): Kv<T, true>;
export function createKv<T = unknown>(options: KvOptions<T>): Kv<T>;
export function createKv<T>(options: KvOptions<T>): Kv<T, boolean> {
  requireCapability(options.backend, "kv", "createKv()");
  const operations = new Operations(options);
  const batch = async (
    build: (builder: BatchBuilder<T, boolean>) => readonly Command<unknown>[],
    batchOptions: BatchOptions = {},
  ) => {
    const { signal } = batchOptions;
    return sendBatch(build(createBatchBuilder(operations, signal ? { signal } : {})), batchOptions);
  };
  return {
    get: (key, bounds) => sendPrepared(() => operations.get(key, bounds)),
    getMany: (keys, bounds) => sendPrepared(() => operations.getMany(keys, bounds)),
    set: (key, value, ...[setOptions]) => sendPrepared(() => operations.set(key, value, setOptions)),
    setMany: (entries, ...[setOptions]) => sendPrepared(() => operations.setMany(entries, setOptions)),
    delete: (...keys) => sendPrepared(() => operations.delete(keys)),
    has: (key, bounds) => sendPrepared(() => operations.has(key, bounds)),
    touch: (key, ttl, bounds) => sendPrepared(() => operations.touch(key, ttl, bounds)),
    ttl: (key, bounds) => sendPrepared(() => operations.ttl(key, bounds)),
    increment: (key, incrementOptions) => sendPrepared(() => operations.increment(key, incrementOptions)),
    compareAndSet: (key, expected, next, ...[setOptions]) =>
      sendPrepared(() => operations.compareAndSet(key, expected, next, setOptions)),
    keys: (keysOptions = {}) =>
      iterateKeys(operations.store, operations.keys, keysOptions, operations.callOptions(keysOptions)),
    hash: (key) => createHash(operations, key),
    batch: batch as Kv<T, boolean>["batch"],
  };
}
