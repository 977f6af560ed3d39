import type { Ttl } from "@holdfast/core";
import type { Operations } from "./operations.ts";
import type { CallBounds, WriteArguments } from "./options.ts";
import { sendPrepared } from "./send.ts";

/** One hash: fields with values, under one key and one TTL. A field is any text of up to 1,024 bytes, without lone surrogates. */
export interface KvHash<T, Default extends boolean> {
  /** @returns `undefined` if the field or the hash is missing. */
  get(field: string, bounds?: CallBounds): Promise<T | undefined>;
  /** Every field; empty if the hash is missing. The record has no prototype, since fields may have any name. */
  getAll(bounds?: CallBounds): Promise<Record<string, T>>;
  /** Writes the fields and sets the whole hash's TTL, in one atomic step. */
  set(fields: Readonly<Record<string, T>>, ...options: HashSetArguments<Default>): Promise<void>;
  /** @returns How many fields existed. */
  delete(...fields: string[]): Promise<number>;
  /**
   * Adds to a field, 1 unless told otherwise. A hash that this creates has the TTL given, else the default, else no end.
   *
   * @throws {WrongTypeError} The field holds something else than an integer.
   * @throws {ValidationError} The result would leave ±(2^53−1); nothing was changed.
   */
  increment(field: string, by?: number, options?: { readonly ttl?: Ttl } & CallBounds): Promise<number>;
}

/** `{ ttl }`, which may be left out where there is a default. */
export type HashSetArguments<Default extends boolean> = WriteArguments<Default, CallBounds>;

export function createHash<T, Default extends boolean>(operations: Operations<T>, key: string): KvHash<T, Default> {
  return {
    get: (field, bounds) => sendPrepared(() => operations.hashGet(key, field, bounds)),
    getAll: (bounds) => sendPrepared(() => operations.hashGetAll(key, bounds)),
    set: (fields, ...[options]) => sendPrepared(() => operations.hashSet(key, fields, options)),
    delete: (...fields) => sendPrepared(() => operations.hashDelete(key, fields)),
    increment: (field, by, options) => sendPrepared(() => operations.hashIncrement(key, field, by, options)),
  };
}
