import {
  type BackendWith,
  type Duration,
  parseDuration,
  parseTtl,
  type StandardSchema,
  type StoredTtl,
  type Ttl,
} from "@holdfast/core";

/** The largest encoded value unless told otherwise, in bytes of UTF-8: two fit into one request to Upstash (10 MB). */
export const DEFAULT_MAX_VALUE_BYTES = 5_000_000;

export interface KvOptions<T> {
  readonly backend: BackendWith<"kv">;
  /** Separates these keys from others on the same store. */
  readonly namespace: string;
  /** For writes that name no `ttl`. @default none: each write names one */
  readonly defaultTtl?: Ttl;
  /** Checks values before they are written and after they are read. It must accept what it returns. */
  readonly schema?: StandardSchema<T>;
  /** How long one call may take. @default the backend's */
  readonly timeout?: Duration;
  /** Bytes of UTF-8 of an encoded value, 1 to 512 MiB. @default 5_000_000 */
  readonly maxValueBytes?: number;
}

/** Bounds of one call, besides `timeout`. */
export interface CallBounds {
  /** Rejects the call with its reason. A write that was sent may still be applied. */
  readonly signal?: AbortSignal;
}

/** What every write says, unless there is a `defaultTtl`. */
export interface RequiredTtl {
  readonly ttl: Ttl;
}

/** What a write may say where there is a `defaultTtl`. */
export interface OptionalTtl {
  readonly ttl?: Ttl;
}

/** The options of a write: `ttl` is required unless `Default` says that there is a default. */
export type WriteTtl<Default extends boolean> = Default extends true ? OptionalTtl : RequiredTtl;

/** The last argument of a write: it may be left out where there is a default TTL. */
export type WriteArguments<Default extends boolean, More> = Default extends true
  ? [options?: WriteTtl<true> & More]
  : [options: WriteTtl<false> & More];

export interface ResolvedKvOptions<T> {
  readonly schema: StandardSchema<T> | undefined;
  readonly defaultTtl: Ttl | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxValueBytes: number;
}

const MOST_BYTES = 512 * 1_048_576;

/** @throws {RangeError} A duration or `maxValueBytes` is out of its range. */
export function resolveOptions<T>(options: KvOptions<T>): ResolvedKvOptions<T> {
  const { schema, defaultTtl, timeout, maxValueBytes = DEFAULT_MAX_VALUE_BYTES } = options;
  if (defaultTtl !== undefined) parseTtl(defaultTtl, "defaultTtl");
  if (!Number.isInteger(maxValueBytes) || maxValueBytes < 1 || maxValueBytes > MOST_BYTES) {
    throw new RangeError(`maxValueBytes must be a whole number from 1 to ${MOST_BYTES}; got ${maxValueBytes}.`);
  }
  return {
    schema,
    defaultTtl,
    maxValueBytes,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout, "timeout"),
  };
}

/** @throws {RangeError} Neither the call nor the options name a TTL, or it is not one. */
export function ttlOf(ttl: Ttl | undefined, { defaultTtl }: Pick<ResolvedKvOptions<unknown>, "defaultTtl">): StoredTtl {
  // Left out where types are not checked: parseTtl says what to do.
  return parseTtl((ttl ?? defaultTtl) as Ttl);
}
