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

  /** Sends to those who are subscribed now, and still are when their turn comes. */
  publish(channel: string, message: string): void {
    const listeners = this.#listeners.get(channel);
    if (!listeners) return;
    const addressed = [...listeners];
    queueMicrotask(() => {
      for (const listener of addressed) if (listeners.has(listener)) tell(listener, message);
    });
  }
}

function tell(listener: BusHandlers, message: string): void {
  try {
    listener.onMessage(message);
  } catch {
    // Handlers promise not to throw; one that does must not keep the message from the others.
  }
}
