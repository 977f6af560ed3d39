import type { CallOptions } from "../call-options.ts";

/** What a subscriber is told. Handlers must not throw; they are called in the order of arrival. */
export interface BusHandlers {
  onMessage(message: string): void;
  /** The connection is lost: from now on messages are missed. */
  onLost?(): void;
  /** The connection was lost and is back: messages in between may be missing. */
  onGap?(): void;
}

/** Ends a subscription. Repeating it does nothing. */
export interface BusSubscription {
  unsubscribe(): Promise<void>;
}

/**
 * At-most-once messages to whoever listens now, on every process that shares the storage. Publishers
 * receive their own messages if they subscribe.
 */
export interface MessageBus {
  /** @throws {BackendUnavailableError} The store did not answer; the message may have gone out. */
  publish(channel: string, message: string, options?: CallOptions): Promise<void>;
  /** Resolves once messages published from now on will arrive. */
  subscribe(channel: string, handlers: BusHandlers, options?: CallOptions): Promise<BusSubscription>;
}
