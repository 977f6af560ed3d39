export type {
  BatchBuilder,
  BatchOptions,
  BatchOutcomes,
  BatchResults,
  BatchSetArguments,
} from "./batch.ts";
export type { Command } from "./command.ts";
export type { Entries } from "./entries.ts";
export type { HashSetArguments, KvHash } from "./hash.ts";
export type { KeysOptions } from "./iterate-keys.ts";
export { createKv, type Kv, type SetArguments, type TtlArguments } from "./kv.ts";
export type { SetConditions } from "./operations.ts";
export {
  type CallBounds,
  DEFAULT_MAX_VALUE_BYTES,
  type KvOptions,
  type OptionalTtl,
  type RequiredTtl,
  type WriteTtl,
} from "./options.ts";
