/** A key, value or option of a command. */
type Argument = string | number;

/**
 * What Holdfast uses of an ioredis client; `Redis` and `Cluster` both fit.
 *
 * @see https://redis.github.io/ioredis/
 */
export interface IoredisLike {
  readonly status: string;
  readonly isCluster: boolean;
  call(command: string, ...args: Argument[]): Promise<unknown>;
  connect(): Promise<void>;
  disconnect(): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The socket of a connection. */
interface Stream {
  readonly writable: boolean;
  cork(): void;
  uncork(): void;
  destroy(error: Error): unknown;
}

/** How a client shapes replies. */
interface ReplyOptions {
  readonly replyMapping?: string | undefined;
}

interface ClientOptions extends ReplyOptions {
  readonly keyPrefix?: string | undefined;
  readonly tls?: unknown;
  /** Absent or null where the server's address is fixed. */
  readonly sentinels?: unknown;
  readonly redisOptions?: ReplyOptions | undefined;
}

/** A single-server or Sentinel client; also one node of a cluster client. */
export interface IoredisNode extends IoredisLike {
  readonly options: ClientOptions;
  readonly stream?: Stream | undefined;
  duplicate(override: ConnectionOverride): SubscriberConnection;
}

/** A cluster client. */
export interface IoredisCluster extends IoredisLike {
  readonly options: ClientOptions;
  nodes(role: "master" | "all"): IoredisNode[];
}

/** A connection in subscriber mode. */
export interface SubscriberConnection extends IoredisLike {
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  ping(): Promise<unknown>;
}

/** How the subscriber's connection differs from its model: the subscriber itself reconnects. */
export interface ConnectionOverride {
  readonly lazyConnect: true;
  readonly retryStrategy: null;
  readonly autoResubscribe: false;
  readonly enableOfflineQueue: false;
  readonly maxRetriesPerRequest: 0;
  readonly connectTimeout: number;
  readonly disconnectTimeout: number;
  readonly socketTimeout: number;
}

export function isCluster(client: IoredisNode | IoredisCluster): client is IoredisCluster {
  return client.isCluster;
}
