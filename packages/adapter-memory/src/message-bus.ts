import type { BusHandlers, BusSubscription, CallOptions, MessageBus } from "@holdfast/core";
import type { Calls } from "./calls.ts";
import type { MemoryStorage } from "./memory-storage.ts";

/** The bus in this process's memory: it reaches every backend on the same storage. */
export class MemoryMessageBus implements MessageBus {
  readonly #storage: MemoryStorage;
  readonly #calls: Calls;
  readonly #subscriptions = new Set<() => void>();

  constructor(storage: MemoryStorage, calls: Calls) {
    this.#storage = storage;
    this.#calls = calls;
  }

  publish(channel: string, message: string, options?: CallOptions): Promise<void> {
    return this.#calls.run(() => this.#storage.channels.publish(channel, message), options);
  }

  subscribe(channel: string, handlers: BusHandlers, options?: CallOptions): Promise<BusSubscription> {
    return this.#calls.run(() => {
      const end = this.#storage.channels.subscribe(channel, handlers);
      this.#subscriptions.add(end);
      return {
        unsubscribe: async () => {
          end();
          this.#subscriptions.delete(end);
        },
      };
    }, options);
  }

  /** Ends every subscription of this backend. */
  close(): void {
    for (const end of this.#subscriptions) end();
    this.#subscriptions.clear();
  }
}
