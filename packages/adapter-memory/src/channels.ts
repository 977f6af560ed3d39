import type { BusHandlers } from "@holdfast/core";

/** Who listens to which channel. Messages arrive in order, after the publisher's turn. */
export class Channels {
  readonly #listeners = new Map<string, Set<BusHandlers>>();

  /** @returns Ends the subscription; repeating it does nothing. */
  subscribe(channel: string, handlers: BusHandlers): () => void {
    // An object of its own, so that the same handlers can be subscribed twice.
    const listener: BusHandlers = { onMessage: (message) => handlers.onMessage(message) };
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
    };
  }

  publish(channel: string, message: string): void {
    queueMicrotask(() => {
      const listeners = [...(this.#listeners.get(channel) ?? [])];
      for (const listener of listeners) {
        try {
          listener.onMessage(message);
        } catch {
          // Handlers promise not to throw; one that does must not keep the message from the others.
        }
      }
    });
  }
}
