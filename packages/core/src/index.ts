export { type Backend, type BackendStats, type BackendWith, type Capability, requireCapability } from "./backend.ts";
export type { CallOptions } from "./call-options.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type Codec, codec } from "./codec/codec.ts";
export { assertValueSize, byteLength, DEFAULT_MAX_VALUE_BYTES } from "./codec/size.ts";
export { type Duration, parseDuration, parseTtl, type Ttl } from "./durations.ts";
export { type EnvSource, type EnvVariable, type ReadEnvOptions, readEnv } from "./env/read-env.ts";
export {
  BackendRejectedError,
  BackendTimeoutError,
  BackendUnavailableError,
  BatchError,
  ConfigurationError,
  type ErrorCode,
  FactoryFailedError,
  FactoryTimeoutError,
  HoldfastError,
  InvalidKeyError,
  type Outcome,
  QuotaExceededError,
  SerializationError,
  SessionConflictError,
  UnsupportedCapabilityError,
  ValidationError,
  ValueTooLargeError,
  WrongTypeError,
} from "./errors.ts";
export { createEmitter, type EventListener } from "./events.ts";
export { freezeDeeply } from "./freeze-deeply.ts";
export { assertKey, createKeySpace, type KeyKind, type KeySpace, MAX_KEY_BYTES } from "./keys.ts";
export type {
  Announcement,
  CacheClaim,
  CacheClaimResult,
  CacheEntry,
  CacheFill,
  CacheInvalidation,
  CachePut,
  CacheRead,
  CacheReadResult,
  CacheSlot,
  CacheStore,
} from "./ports/cache-store.ts";
export type { KeyValueEntry, KeyValueStore, SetOptions, StoredTtl } from "./ports/key-value-store.ts";
export type { BusHandlers, BusSubscription, MessageBus } from "./ports/message-bus.ts";
export type {
  SessionChange,
  SessionCommit,
  SessionCommitResult,
  SessionCreation,
  SessionField,
  SessionKeys,
  SessionListing,
  SessionLoad,
  SessionLoadResult,
  SessionRecord,
  SessionReplacement,
  SessionStore,
} from "./ports/session-store.ts";
export { randomText } from "./random-text.ts";
export { type StandardSchema, validate } from "./schema/validate.ts";
