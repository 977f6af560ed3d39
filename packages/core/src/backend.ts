import type { Duration } from "./durations.ts";
import { UnsupportedCapabilityError } from "./errors.ts";
import type { CacheStore } from "./ports/cache-store.ts";
import type { KeyValueStore } from "./ports/key-value-store.ts";
import type { MessageBus } from "./ports/message-bus.ts";
import type { SessionStore } from "./ports/session-store.ts";

/** What a backend has done since it was created. */
export interface BackendStats {
  /** Commands sent to the store: what a provider bills. */
  readonly commands: number;
  /** Trips over the network: several commands may share one. Zero in memory. */
  readonly roundTrips: number;
  /** Commands that failed, timeouts included. */
  readonly errors: number;
}

/** Storage for every feature: a bundle of stores over one connection. Made by an adapter. */
export interface Backend {
  /** `"memory"`, `"redis"`, `"upstash"`, `"vercel-kv"`, or a third party's name. */
  readonly name: string;
  readonly kv: KeyValueStore;
  readonly cache: CacheStore;
  readonly sessions: SessionStore;
  readonly bus?: MessageBus;
  /**
   * Asks the store for a sign of life.
   *
   * @returns The round trip, in milliseconds.
   * @throws {BackendUnavailableError | BackendTimeoutError | ConfigurationError}
   */
  ping(options?: { timeout?: Duration }): Promise<number>;
  stats(): BackendStats;
  /** Lets calls under way settle, then frees what the backend opened. A client that was passed in stays open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A feature asks only for the stores that it uses. */
export type Capability = "kv" | "cache" | "sessions" | "bus";

const EVERY_ADAPTER = "Every adapter of Holdfast has it: pass what an adapter returned, as it is.";
const WHO_HAS: Readonly<Record<Capability, string>> = {
  kv: EVERY_ADAPTER,
  cache: EVERY_ADAPTER,
  sessions: EVERY_ADAPTER,
  bus: "redisBackend() of @holdfast/adapter-redis and memoryBackend() of @holdfast/adapter-memory have it.",
};

/** A backend that surely has these stores, so that a feature on a backend without them does not compile. */
export type BackendWith<Needed extends Capability> = Pick<Backend, "name"> & Required<Pick<Backend, Needed>>;

/**
 * Checks at construction, for callers without types, that the backend has a store.
 *
 * @param feature Begins the error's message, as in `"createKv"`.
 * @throws {UnsupportedCapabilityError} It has not.
 */
export function requireCapability(backend: BackendWith<never>, capability: Capability, feature: string): void {
  if (backend === null || typeof backend !== "object") {
    throw new UnsupportedCapabilityError(
      `${feature} needs a backend, for example memoryBackend() from @holdfast/adapter-memory; got ${backend === null ? "null" : typeof backend}.`,
    );
  }
  if (capability in backend && (backend as Partial<Backend>)[capability]) return;
  throw new UnsupportedCapabilityError(
    `${feature} needs the "${capability}" store, which the backend "${backend.name}" does not have. ${WHO_HAS[capability]}`,
  );
}
