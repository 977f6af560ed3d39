import type { ConnectionOptions } from "node:tls";
import type { Duration } from "@holdfast/core";
import type { IoredisCluster, IoredisNode } from "./ioredis-like.ts";

/** A server: a `redis://` or `rediss://` URL, or host and port. */
export type RedisNode = string | { readonly host: string; readonly port: number };

/** Give exactly one of `url`, `client`, `cluster` and `sentinel`; with none, `REDIS_URL` is read. */
export interface RedisBackendOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url?: string;
  /**
   * An existing ioredis client. It stays yours: `close()` leaves it open, and its own limits apply. By default ioredis
   * repeats what was under way when a connection broke, so a step may count twice: open it with
   * `{ maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false }`.
   *
   * @see https://redis.github.io/ioredis/interfaces/CommonRedisOptions.html
   */
  readonly client?: IoredisNode | IoredisCluster;
  /** Some nodes of a Redis Cluster; the others are found. Credentials and TLS come from the first URL. */
  readonly cluster?: {
    readonly nodes: readonly RedisNode[];
    /** Addresses that the cluster announces, and where they are reached from here. */
    readonly natMap?: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  };
  /** The Sentinels that watch a master, and the master's name. Their credentials and TLS come from the first URL. */
  readonly sentinel?: {
    readonly name: string;
    readonly sentinels: readonly RedisNode[];
    readonly username?: string;
    readonly password?: string;
  };
  readonly username?: string;
  readonly password?: string;
  /** 0 to the server's `databases` − 1; on a cluster only 0. @default 0 */
  readonly database?: number;
  /** @default what the URL says */
  readonly tls?: boolean | ConnectionOptions;
  /** How long a call may take, all attempts together. @default "1s" */
  readonly commandTimeout?: Duration;
  /** How often what is safe to repeat is sent again after a lost connection; 0 to 10. @default 2 */
  readonly retries?: number;
  /** Put before every key and channel, by ioredis. Namespaces usually serve better. @default "" */
  readonly keyPrefix?: string;
}

/** What opening a client needs. */
export type ConnectOptions = Omit<RedisBackendOptions, "client" | "commandTimeout" | "retries"> & {
  readonly commandTimeoutMs: number;
};
