import { type Backend, type Duration, type MessageBus, parseDuration } from "@holdfast/core";
import { RedisCacheStore } from "./cache/cache-store.ts";
import { RedisKeyValueStore } from "./key-value-store.ts";
import { RedisMessageBus, type SubscribingTransport } from "./message-bus.ts";
import { RedisCommands } from "./redis-commands.ts";
import type { RedisTransport } from "./redis-transport.ts";
import { decodeText } from "./replies.ts";
import { RedisSessionStore } from "./session/session-store.ts";

export interface RedisBackendOptions<Transport extends RedisTransport> {
  /** Begins every error message: `"redis"`, `"upstash"`. */
  readonly name: string;
  readonly transport: Transport;
  /** How long a call may take, all attempts together. */
  readonly commandTimeoutMs: number;
  /** How often a command is sent again, where that is safe. */
  readonly retries: number;
}

/** Every store over one transport. What an adapter returns. */
export function createRedisBackend(options: RedisBackendOptions<SubscribingTransport>): Backend & { bus: MessageBus };
export function createRedisBackend(options: RedisBackendOptions<RedisTransport>): Backend;
export function createRedisBackend(options: RedisBackendOptions<RedisTransport>): Backend {
  const { name, transport, commandTimeoutMs, retries } = options;
  const redis = new RedisCommands(transport, { name, timeoutMs: commandTimeoutMs, retries });
  const close = async () => {
    await redis.drain();
    await transport.close();
  };
  let closing: Promise<void> | undefined;
  return {
    name,
    kv: new RedisKeyValueStore(redis),
    cache: new RedisCacheStore(redis),
    sessions: new RedisSessionStore(redis),
    ...(canSubscribe(transport) ? { bus: new RedisMessageBus(redis, transport) } : {}),
    async ping(pingOptions?: { timeout?: Duration }) {
      const startedAtMs = performance.now();
      const timeoutMs = pingOptions?.timeout === undefined ? undefined : parseDuration(pingOptions.timeout, "timeout");
      await redis.call(["PING"], decodeText, "repeatable", { timeoutMs });
      return performance.now() - startedAtMs;
    },
    stats: () => redis.stats(),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function canSubscribe(transport: RedisTransport): transport is SubscribingTransport {
  return transport.subscribe !== undefined;
}
