import type { BusHandlers, BusSubscription, CallOptions, MessageBus } from "@holdfast/core";
import { boundSubscription } from "./bound-subscription.ts";
import type { RedisCommands } from "./redis-commands.ts";
import type { RedisTransport } from "./redis-transport.ts";
import { decodeNumber } from "./replies.ts";

/** A transport that can listen. */
export type SubscribingTransport = RedisTransport & Required<Pick<RedisTransport, "subscribe">>;

/** The bus in Redis's publish and subscribe. */
export class RedisMessageBus implements MessageBus {
  readonly #redis: RedisCommands;
  readonly #transport: SubscribingTransport;

  constructor(redis: RedisCommands, transport: SubscribingTransport) {
    this.#redis = redis;
    this.#transport = transport;
  }

  async publish(channel: string, message: string, options?: CallOptions): Promise<void> {
    await this.#redis.call(["PUBLISH", this.#name(channel), message], decodeNumber, "once", options);
  }

  subscribe(channel: string, handlers: BusHandlers, options?: CallOptions): Promise<BusSubscription> {
    return boundSubscription(() => this.#transport.subscribe(this.#name(channel), handlers), options);
  }

  #name(channel: string): string {
    return (this.#transport.keyPrefix ?? "") + channel;
  }
}
