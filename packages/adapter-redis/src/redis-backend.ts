import { type Backend, ConfigurationError, type MessageBus, parseDuration, readEnv } from "@holdfast/core";
import { createRedisBackend } from "@holdfast/redis-engine";
import { connect } from "./connect.ts";
import { IoredisTransport } from "./ioredis-transport.ts";
import type { RedisBackendOptions } from "./options.ts";

const SOURCES = ["url", "client", "cluster", "sentinel"] as const;
/** What a client that was passed in has decided already. */
const OF_THE_CLIENT = ["username", "password", "database", "tls", "keyPrefix"] as const;

/**
 * Storage on Redis through ioredis: one server, Sentinel or Cluster. It connects with the first call, and
 * reconnects by itself. While there is no connection, calls wait for one within `commandTimeout`.
 *
 * @param options A URL, or options; with neither, the variable `REDIS_URL`.
 * @throws {ConfigurationError} The URL is malformed, more than one source was given, or options contradict each other.
 * @throws {RangeError} `commandTimeout` or `retries` is out of range.
 */
export function redisBackend(options: string | RedisBackendOptions = {}): Backend & { readonly bus: MessageBus } {
  const given: RedisBackendOptions = typeof options === "string" ? { url: options } : options;
  const { client, retries = 2, commandTimeout = "1s", ...rest } = given;
  const sources = SOURCES.filter((source) => given[source] !== undefined);
  if (sources.length > 1) {
    throw new ConfigurationError(
      `redisBackend() takes one of url, client, cluster and sentinel; got ${sources.join(" and ")}.`,
    );
  }
  if (client) checkClient(client, given);
  if (!Number.isInteger(retries) || retries < 0 || retries > 10) {
    throw new RangeError(`retries must be a whole number from 0 to 10; got ${retries}.`);
  }
  const commandTimeoutMs = parseDuration(commandTimeout, "commandTimeout");
  const url = sources.length === 0 ? readEnv({ url: { names: ["REDIS_URL"], kind: "url" } }).url : given.url;
  const opened = client ?? connect({ ...rest, ...(url === undefined ? {} : { url }), commandTimeoutMs });
  const transport = new IoredisTransport(opened, client === undefined, commandTimeoutMs);
  return createRedisBackend({ name: "redis", transport, commandTimeoutMs, retries });
}

/** @throws {ConfigurationError} Something would be ignored, or replies would come in other shapes. */
function checkClient(client: NonNullable<RedisBackendOptions["client"]>, given: RedisBackendOptions): void {
  const ignored = OF_THE_CLIENT.filter((option) => given[option] !== undefined);
  if (ignored.length > 0) {
    throw new ConfigurationError(`With \`client\`, give ${ignored.join(" and ")} to ioredis, which opened it.`);
  }
  const { replyMapping, redisOptions } = client.options;
  if (replyMapping === "resp3" || redisOptions?.replyMapping === "resp3") {
    throw new ConfigurationError(
      'The `client` maps replies to RESP3 shapes. Leave out `replyMapping: "resp3"`, or pass another client.',
    );
  }
}
