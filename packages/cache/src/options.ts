import {
  type BackendWith,
  DEFAULT_MAX_VALUE_BYTES,
  type Duration,
  type EventListener,
  type MessageBus,
  parseDuration,
  parseTtl,
  type StandardSchema,
  type Ttl,
} from "@holdfast/core";
import type { BreakerOptions } from "./circuit-breaker.ts";
import type { CloneMode } from "./clone.ts";
import type { CacheEvent } from "./events.ts";

/** Values kept in this process, in front of the store. */
export interface MemoryTierOptions {
  /** @default 10_000 */
  readonly maxEntries?: number;
  /** Of encoded values, keys and their nodes. @default 64 MiB */
  readonly maxBytes?: number;
  /** How long a value is served without asking the store. @default "1m" where the backend has a bus, else "5s" */
  readonly ttl?: Duration;
  /** @default "freeze" */
  readonly clone?: CloneMode;
}

export interface CacheOptions<T> {
  /** Where entries are kept; its bus, if it has one, carries invalidations between processes. */
  readonly backend: BackendWith<"cache"> & { readonly bus?: MessageBus | undefined };
  /** Separates this cache from others on the same store. Same namespace, same cache, in every process. */
  readonly namespace: string;
  /** How long an entry is fresh. */
  readonly ttl: Ttl;
  /** For how long after that it is still served while one computation renews it. @default none */
  readonly staleWhileRevalidate?: Duration;
  /** For how long after its TTL it is served where computing fails or takes longer than `softTimeout`. @default none */
  readonly staleIfError?: Duration;
  /** By which part of itself a TTL is shortened at random, 0 to 1, so that what was written together does not expire together. @default 0.1 */
  readonly jitter?: number;
  /** @default false */
  readonly memory?: false | MemoryTierOptions;
  /** Checks what is read. */
  readonly schema?: StandardSchema<T>;
  /** What to do with a stored value that the schema or the codec refuses. @default "miss" */
  readonly onInvalid?: "miss" | "throw";
  /** Entries written under another version are misses. @default "" */
  readonly version?: string;
  /** Keeps a serverless function alive while the background work goes on. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
  /** Bytes of UTF-8 of an encoded value, before compression. @default 1_000_000 */
  readonly maxValueBytes?: number;
  /** What to do with a larger value that was computed: throw, or return it and store nothing. @default "throw" */
  readonly onTooLarge?: "throw" | "skip";
  /** Values of more bytes are compressed with gzip; `false` for none. @default false */
  readonly compressAboveBytes?: number | false;
  /** How long to wait for a computation while a stale value could be served. @default no limit */
  readonly softTimeout?: Duration;
  /** How long to wait for a computation at all. @default no limit */
  readonly hardTimeout?: Duration;
  /** Renews entries at random shortly before they expire, the sooner the longer computing takes (XFetch); a number is its beta. @default false */
  readonly eagerRefresh?: boolean | number;
  /** How long a computation's lease outlives a process that dies; it is renewed while computing. @default "10s" */
  readonly leaseTtl?: Duration;
  /** For how long after a failure of the factory the same error is thrown in this process without running it again. @default none */
  readonly errorBackoff?: Duration;
  /** How long one call of the store may take. @default the backend's */
  readonly timeout?: Duration;
  /** When a failing store is left alone; `false` for never. */
  readonly breaker?: false | BreakerOptions;
  /** Over how many cluster slots the namespace is spread, 1 to 1,024; the same in every process. @default 64 on a cluster, else 1 */
  readonly buckets?: number;
  /** Told of everything notable. */
  readonly events?: EventListener<CacheEvent>;
}

/** For one write. */
export interface EntryOptions {
  /** @default the cache's */
  readonly ttl?: Ttl;
  /** Names by which the entry can be voided. */
  readonly tags?: readonly string[];
}

export interface ResolvedCacheOptions<T> {
  readonly namespace: string;
  readonly ttlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly jitter: number;
  readonly memory: false | { maxEntries: number; maxBytes: number; ttlMs: number; clone: CloneMode };
  readonly schema: StandardSchema<T> | undefined;
  readonly onInvalid: "miss" | "throw";
  readonly version: string;
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
  readonly maxValueBytes: number;
  readonly onTooLarge: "throw" | "skip";
  readonly compressAboveBytes: number;
  readonly softTimeoutMs: number | undefined;
  readonly hardTimeoutMs: number | undefined;
  /** XFetch's beta; 0 for never. */
  readonly eagerBeta: number;
  readonly leaseTtlMs: number;
  readonly errorBackoffMs: number;
  readonly timeoutMs: number | undefined;
  readonly breaker: false | BreakerOptions;
  readonly buckets: number;
}

/** For calls that name none. */
export const NO_TAGS: readonly string[] = [];

const MIB = 1_048_576;

/** @throws {RangeError} A number, a duration or a choice is out of its range. */
export function resolveOptions<T>(options: CacheOptions<T>): ResolvedCacheOptions<T> {
  const { memory = false, eagerRefresh = false, compressAboveBytes = false } = options;
  const duration = (name: keyof CacheOptions<T>) => {
    const value = options[name] as Duration | undefined;
    return value === undefined ? undefined : parseDuration(value, name);
  };
  return {
    namespace: options.namespace,
    ttlMs: ttlToMs(options.ttl),
    staleWhileRevalidateMs: duration("staleWhileRevalidate") ?? 0,
    staleIfErrorMs: duration("staleIfError") ?? 0,
    jitter: inRange("jitter", options.jitter ?? 0.1, 0, 1),
    memory: memory && {
      maxEntries: wholeInRange("memory.maxEntries", memory.maxEntries ?? 10_000, 1, 100_000_000),
      maxBytes: wholeInRange("memory.maxBytes", memory.maxBytes ?? 64 * MIB, 1, Number.MAX_SAFE_INTEGER),
      ttlMs: parseDuration(memory.ttl ?? (options.backend.bus ? "1m" : "5s"), "memory.ttl"),
      clone: oneOf("memory.clone", memory.clone ?? "freeze", ["freeze", "structured", "none"]),
    },
    schema: options.schema,
    onInvalid: oneOf("onInvalid", options.onInvalid ?? "miss", ["miss", "throw"]),
    version: options.version ?? "",
    waitUntil: options.waitUntil,
    maxValueBytes: wholeInRange("maxValueBytes", options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES, 1, 512 * MIB),
    onTooLarge: oneOf("onTooLarge", options.onTooLarge ?? "throw", ["throw", "skip"]),
    compressAboveBytes:
      compressAboveBytes === false
        ? Number.POSITIVE_INFINITY
        : wholeInRange("compressAboveBytes", compressAboveBytes, 0, Number.MAX_SAFE_INTEGER),
    softTimeoutMs: duration("softTimeout"),
    hardTimeoutMs: duration("hardTimeout"),
    eagerBeta: inRange("eagerRefresh", Number(eagerRefresh), 0, 100),
    leaseTtlMs: duration("leaseTtl") ?? 10_000,
    errorBackoffMs: duration("errorBackoff") ?? 0,
    timeoutMs: duration("timeout"),
    breaker: options.breaker ?? {},
    buckets: wholeInRange("buckets", options.buckets ?? options.backend.cache.buckets, 1, 1_024),
  };
}

/** @returns Milliseconds; `Infinity` for `"forever"`. */
export function ttlToMs(ttl: Ttl): number {
  const ms = parseTtl(ttl);
  return ms === "forever" ? Number.POSITIVE_INFINITY : ms;
}

/** A call's own TTL, or else the cache's, in milliseconds. */
export function ttlMsOf(ttl: Ttl | undefined, { ttlMs }: Pick<ResolvedCacheOptions<unknown>, "ttlMs">): number {
  return ttl === undefined ? ttlMs : ttlToMs(ttl);
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be a number from ${least} to ${most}; got ${String(value)}.`);
}

function wholeInRange(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value)) return inRange(name, value, least, most);
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}; got ${String(value)}.`);
}

function oneOf<Choice extends string>(name: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  throw new RangeError(`${name} must be one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}.`);
}
