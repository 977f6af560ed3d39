import type { Backend, MessageBus } from "@holdfast/core";
import { MemoryCacheStore } from "./cache-store.ts";
import { Calls } from "./calls.ts";
import { MemoryKeyValueStore } from "./key-value-store.ts";
import { MemoryStorage, type MemoryStorageOptions } from "./memory-storage.ts";
import { MemoryMessageBus } from "./message-bus.ts";

/** Limits and clock of a storage of its own; or one that is shared. */
export interface MemoryBackendOptions extends MemoryStorageOptions {
  /** Data shared with other memory backends; its own limits and clock apply. @default a new one */
  readonly storage?: MemoryStorage | undefined;
}

/**
 * Storage in this process's memory: for tests, demos and services of one process. Nothing outlives the process.
 *
 * @throws {RangeError} A limit is not a whole positive number.
 */
export function memoryBackend(options: MemoryBackendOptions = {}): Backend & { readonly bus: MessageBus } {
  const storage = options.storage ?? new MemoryStorage(options);
  const calls = new Calls();
  const bus = new MemoryMessageBus(storage, calls);
  const close = async () => {
    bus.close();
    calls.close();
  };
  return {
    name: "memory",
    kv: new MemoryKeyValueStore(storage, calls),
    cache: new MemoryCacheStore(storage, calls),
    bus,
    ping: () => calls.run(() => 0),
    stats: () => calls.stats(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
