import {
  type BackendWith,
  ConfigurationError,
  type Duration,
  type EventListener,
  parseDuration,
  type StandardSchema,
} from "@holdfast/core";
import type { CookieOptions } from "./cookie-options.ts";
import type { SessionEvent } from "./events.ts";
import type { SessionImport } from "./session-import.ts";

export interface SessionOptions<Data extends object> {
  /** Where sessions are kept. */
  readonly backend: BackendWith<"sessions">;
  /** Separates these sessions from others on the same store. @default "app" */
  readonly namespace?: string;
  /** Checks the data when it is loaded and before it is committed. It must accept `{}`, as every session begins so, and what it returns. */
  readonly schema?: StandardSchema<Data>;
  /** What to do with stored data that the schema refuses: begin with none, or throw. @default "reset" */
  readonly onInvalid?: "reset" | "throw";
  readonly cookie?: CookieOptions;
  /** How long a session lives unused. @default "30m" */
  readonly idleTimeout?: Duration;
  /** How long a session lives at most. @default "7d" */
  readonly absoluteTimeout?: Duration;
  /** A use moves the session's end only if it gains more than this. Less than `idleTimeout`. @default "1m", or a tenth of a shorter `idleTimeout` */
  readonly touchThrottle?: Duration;
  /** How long a token that was replaced still reads, for requests that were under way. @default "10s" */
  readonly rotationGrace?: Duration;
  /** What a request with a cookie gets while the store is away: an error, or an anonymous session. @default "throw" */
  readonly onStoreError?: "throw" | "anonymous";
  /** How long one call of the store may take. @default the backend's */
  readonly timeout?: Duration;
  /** Bytes of UTF-8 of all fields of a session together, encoded. @default 100_000 */
  readonly maxBytes?: number;
  /** Takes over sessions that another system wrote. */
  readonly import?: SessionImport;
  /** Told of everything notable. */
  readonly events?: EventListener<SessionEvent>;
}

export interface ResolvedSessionOptions<Data extends object> {
  readonly schema: StandardSchema<Data> | undefined;
  readonly onInvalid: "reset" | "throw";
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly throttleMs: number;
  readonly graceMs: number;
  readonly onStoreError: "throw" | "anonymous";
  readonly timeoutMs: number | undefined;
  readonly maxBytes: number;
}

const MAX_BYTES = 10_000_000;

/**
 * @throws {RangeError} A duration or a size is out of its range.
 * @throws {ConfigurationError} Options contradict each other.
 */
export function resolveOptions<Data extends object>(options: SessionOptions<Data>): ResolvedSessionOptions<Data> {
  const { onInvalid = "reset", onStoreError = "throw", maxBytes = 100_000, timeout } = options;
  const idleMs = parseDuration(options.idleTimeout ?? "30m", "idleTimeout");
  const absoluteMs = parseDuration(options.absoluteTimeout ?? "7d", "absoluteTimeout");
  const throttleMs = parseDuration(
    options.touchThrottle ?? Math.max(1, Math.min(60_000, Math.floor(idleMs / 10))),
    "touchThrottle",
  );
  if (throttleMs >= idleMs && idleMs > 1) {
    throw new ConfigurationError("touchThrottle must be shorter than idleTimeout, or sessions in use would end.");
  }
  if (idleMs > absoluteMs) throw new ConfigurationError("idleTimeout must not be longer than absoluteTimeout.");
  if (onInvalid !== "reset" && onInvalid !== "throw")
    throw new ConfigurationError('onInvalid must be "reset" or "throw".');
  if (onStoreError !== "throw" && onStoreError !== "anonymous") {
    throw new ConfigurationError('onStoreError must be "throw" or "anonymous".');
  }
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_BYTES) {
    throw new RangeError(`maxBytes must be a whole number from 1 to ${MAX_BYTES}; got ${maxBytes}.`);
  }
  return {
    schema: options.schema,
    onInvalid,
    idleMs,
    absoluteMs,
    throttleMs,
    graceMs: parseDuration(options.rotationGrace ?? "10s", "rotationGrace"),
    onStoreError,
    timeoutMs: timeout === undefined ? undefined : parseDuration(timeout, "timeout"),
    maxBytes,
  };
}
