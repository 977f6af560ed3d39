import { type Backend, ConfigurationError, type Duration, type MessageBus, parseDuration } from "@holdfast/core";
import { MemoryCacheStore } from "./cache-store.ts";
import { Calls } from "./calls.ts";
import { MemoryKeyValueStore } from "./key-value-store.ts";
import { MemoryStorage, type MemoryStorageOptions } from "./memory-storage.ts";
import { MemoryMessageBus } from "./message-bus.ts";
import { MemorySessionStore } from "./session-store.ts";

/** Limits and clock of a storage of its own; or one that is shared. */
export interface MemoryBackendOptions extends MemoryStorageOptions {
  /** Data shared with other memory backends. It brings its own limits and clock. @default a new one */
  readonly storage?: MemoryStorage | undefined;
}

const OF_THE_STORAGE = ["maxEntries", "maxBytes", "clock"] as const;

/**
 * Storage in this process's memory: for tests, demos and services of one process. Nothing outlives the process.
 * `close()` ends this backend's subscriptions and refuses further calls; a shared storage keeps its data.
 *
 * @throws {RangeError} A limit is not a whole positive number.
 * @throws {ConfigurationError} Both a storage and what the storage decides were given.
 */
export function memoryBackend(options: MemoryBackendOptions = {}): Backend & { readonly bus: MessageBus } {
  const ignored = OF_THE_STORAGE.filter((name) => options[name] !== undefined);
  if (options.storage && ignored.length > 0) {
    throw new ConfigurationError(
      `memoryBackend() takes either storage or ${ignored.join(", ")}. Give limits and clock to new MemoryStorage().`,
    );
  }
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
    sessions: new MemorySessionStore(storage, calls),
    bus,
    async ping(pingOptions?: { timeout?: Duration }) {
      if (pingOptions?.timeout !== undefined) parseDuration(pingOptions.timeout, "timeout");
      return calls.run(() => 0);
    },
    stats: () => calls.stats(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
