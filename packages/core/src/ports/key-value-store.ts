import type { CallOptions } from "../call-options.ts";

/** A lifetime at the port: whole positive milliseconds, or without an end. Validated by the feature. */
export type StoredTtl = number | "forever";

/** When a value is written. */
export interface SetOptions extends CallOptions {
  readonly ttlMs: StoredTtl;
  /** `"absent"`: only if the key does not exist; `"present"`: only if it does. */
  readonly condition?: "absent" | "present" | undefined;
}

/** One value to write. */
export interface KeyValueEntry {
  readonly key: string;
  readonly value: string;
}

/**
 * Atomic primitives over keys that hold text, counters or hashes. Keys are complete stored keys; values
 * are encoded text. Every method is one round trip. Methods called in the same tick share a trip where the
 * backend has trips, and each settles on its own.
 *
 * @throws {WrongTypeError} The key holds a hash where text is needed, or the other way round.
 * @throws {BackendUnavailableError} The store did not answer; a write's `outcome` is on the error.
 * @throws {BackendTimeoutError} As above, after `timeoutMs`.
 */
export interface KeyValueStore {
  /** @returns The text, or `undefined` if the key is missing or expired. */
  get(key: string, options?: CallOptions): Promise<string | undefined>;
  /** Like {@link KeyValueStore.get} for each key, in order, in one trip; a hash reads as `undefined`. */
  getMany(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]>;
  /** Replaces value and TTL together. @returns Whether it was written; false only under a condition. */
  set(key: string, value: string, options: SetOptions): Promise<boolean>;
  /** Writes every entry, in order, in one trip; not atomic as a whole, safe to repeat. */
  setMany(entries: readonly KeyValueEntry[], ttlMs: StoredTtl, options?: CallOptions): Promise<void>;
  /** @returns How many keys existed and were removed. */
  delete(keys: readonly string[], options?: CallOptions): Promise<number>;
  has(key: string, options?: CallOptions): Promise<boolean>;
  /** Sets the remaining life. @returns Whether the key exists. */
  touch(key: string, ttlMs: StoredTtl, options?: CallOptions): Promise<boolean>;
  /** @returns Remaining milliseconds, `"forever"`, or `undefined` if the key is missing. */
  ttl(key: string, options?: CallOptions): Promise<number | "forever" | undefined>;
  /**
   * Adds `by` to a counter; a missing key counts as 0 and is created with `ttlMs` in the same atomic step.
   * An existing counter keeps its TTL. Not repeated by the backend after a lost reply.
   *
   * @param by A safe integer.
   * @returns The new count, within ±(2^53−1).
   * @throws {WrongTypeError} The key holds text that is not an integer.
   * @throws {ValidationError} The result would leave ±(2^53−1); nothing was changed.
   */
  increment(key: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number>;
  /**
   * Writes `next` if the key holds exactly `expected` (`undefined`: if it is missing), in one atomic step.
   * Not repeated by the backend after a lost reply.
   *
   * @returns Whether it was written.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    next: string,
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<boolean>;
  /**
   * Pages through the keys that begin with `prefix`. Always ends. Keys present for the whole iteration are
   * yielded at least once; keys written meanwhile may or may not be.
   *
   * @param pageSize About how many keys the store looks at for each page; each page is one trip.
   */
  scan(prefix: string, pageSize: number, options?: CallOptions): AsyncIterable<readonly string[]>;

  /** @returns The field's text, or `undefined` if the field or the hash is missing. */
  hashGet(key: string, field: string, options?: CallOptions): Promise<string | undefined>;
  /** @returns Every field with its text; empty if the hash is missing. */
  hashGetAll(key: string, options?: CallOptions): Promise<readonly (readonly [field: string, value: string])[]>;
  /** Writes the fields and sets the whole hash's TTL, in one atomic step. */
  hashSet(
    key: string,
    fields: readonly (readonly [field: string, value: string])[],
    ttlMs: StoredTtl,
    options?: CallOptions,
  ): Promise<void>;
  /** @returns How many fields existed and were removed. The hash goes with its last field. */
  hashDelete(key: string, fields: readonly string[], options?: CallOptions): Promise<number>;
  /** Like {@link KeyValueStore.increment} for one field; `ttlMs` applies if this call creates the hash. */
  hashIncrement(key: string, field: string, by: number, ttlMs: StoredTtl, options?: CallOptions): Promise<number>;
}
