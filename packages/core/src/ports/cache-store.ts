import type { CallOptions } from "../call-options.ts";
import type { StoredTtl } from "./key-value-store.ts";

/** One entry to write. */
export interface CacheWrite {
  readonly key: string;
  /** Encoded text. */
  readonly value: string;
  readonly ttlMs: StoredTtl;
}

/**
 * What a cache needs of a store. Keys are complete stored keys. Every method is one round trip and safe
 * to repeat.
 *
 * @throws {BackendUnavailableError} The store did not answer.
 * @throws {BackendTimeoutError} As above, after `timeoutMs`.
 */
export interface CacheStore {
  /** @returns For each key, in order, its text, or `undefined` if it is missing or expired. */
  read(keys: readonly string[], options?: CallOptions): Promise<(string | undefined)[]>;
  /** Writes the entries with their TTLs; not atomic as a whole. */
  write(entries: readonly CacheWrite[], options?: CallOptions): Promise<void>;
  /** Removes the entries that exist. */
  remove(keys: readonly string[], options?: CallOptions): Promise<void>;
}
