import { ConfigurationError } from "@holdfast/core";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { ConnectOptions } from "./options.ts";

const LONGEST_RECONNECT_DELAY_MS = 500;
/** ioredis waits that long for the peer's farewell, also for one that is gone, and keeps the process alive meanwhile. */
export const DISCONNECT_TIMEOUT_MS: number = 100;
const URL_FORM = /^rediss?:\/\//;

/** ioredis maps replies itself only where it is asked to. */
type ClientOptions = Omit<RedisOptions, "replyMapping">;
type SentinelOptions = NonNullable<ConnectOptions["sentinel"]>;

/** Opens a client with limits: ioredis's own defaults queue without end while the server is down. */
export function connect(options: ConnectOptions): Redis | Cluster {
  const { url, cluster, sentinel, commandTimeoutMs } = options;
  const connection = connectionOptions(options);
  if (cluster) {
    const nodes = cluster.nodes.map(parseNode);
    if (options.database || nodes.some(({ db }) => db !== undefined))
      throw new ConfigurationError("A Redis Cluster has only database 0: leave the database's number out.");
    return new Cluster(
      nodes.map(({ host, port }) => ({ host, port })),
      {
        lazyConnect: true,
        // Only for nodes that are just being connected to, which takes up to `connectTimeout`: ioredis would refuse
        // what is sent to them meanwhile.
        enableOfflineQueue: true,
        scaleReads: "master",
        slotsRefreshTimeout: commandTimeoutMs,
        clusterRetryStrategy: reconnectDelayMs,
        // ioredis would repeat what it sent to a node that died, also what is not safe to repeat.
        retryDelayOnFailover: 0,
        ...(cluster.natMap ? { natMap: cluster.natMap } : {}),
        // A node that is silent for so long while commands wait is dead: let go of what was sent to it.
        redisOptions: { ...credentialsOf(nodes[0]), ...connection, socketTimeout: 2 * commandTimeoutMs },
        ...(options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix }),
      },
    );
  }
  const single: ClientOptions = {
    ...connection,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // After a failover the old master is a replica: look the master up anew.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    ...(options.keyPrefix === undefined ? {} : { keyPrefix: options.keyPrefix }),
  };
  if (sentinel) return new Redis({ ...single, ...sentinelOptions(sentinel, commandTimeoutMs) });
  const { host, port, ...credentials } = parseNode(url ?? "");
  return new Redis({ ...credentials, ...single, host, port });
}

function connectionOptions({ commandTimeoutMs, username, password, database, tls }: ConnectOptions): ClientOptions {
  return {
    connectTimeout: commandTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { db: database }),
    ...(tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls }),
  };
}

function sentinelOptions(sentinel: SentinelOptions, commandTimeoutMs: number): ClientOptions {
  const nodes = sentinel.sentinels.map(parseNode);
  const [first] = nodes;
  if (!first)
    throw new ConfigurationError(
      'redisBackend({ sentinel }) needs at least one Sentinel, as in { name: "main", sentinels: ["redis://host:26379"] }.',
    );
  const { username = first.username, password = first.password } = sentinel;
  return {
    name: sentinel.name,
    sentinels: nodes.map(({ host, port }) => ({ host, port })),
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelCommandTimeout: commandTimeoutMs,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(first.tls ? { enableTLSForSentinelMode: true, sentinelTLS: first.tls } : {}),
  };
}

function reconnectDelayMs(attempt: number): number {
  return Math.round(Math.min(20 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2));
}

interface Node {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: Record<string, never>;
}

function parseNode(node: string | { readonly host: string; readonly port: number }): Node {
  if (typeof node !== "string") return node;
  if (/^https?:/.test(node)) {
    throw new ConfigurationError(
      "redisBackend() takes redis:// or rediss:// URLs; this is an http URL. For Upstash's or Vercel KV's REST URL use upstashBackend() or vercelKvBackend().",
    );
  }
  if (!URL_FORM.test(node) || !URL.canParse(node)) throw malformed();
  const { protocol, hostname, port, username, password, pathname } = new URL(node);
  const db = Number(pathname.slice(1) || 0);
  if (!Number.isInteger(db) || db < 0)
    throw new ConfigurationError("A Redis URL's path is the database's number, as in redis://host:6379/0.");
  return {
    host: hostname.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: Number(port || 6379),
    ...(username ? { username: unescaped(username) } : {}),
    ...(password ? { password: unescaped(password) } : {}),
    ...(db > 0 ? { db } : {}),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
  };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformed();
  }
}

function malformed(): ConfigurationError {
  return new ConfigurationError(
    'A Redis URL has the form "redis://[user:password@]host[:port][/database]", or rediss:// for TLS. Percent-encode special characters in the password.',
  );
}

function credentialsOf(node: Node | undefined): Partial<Node> {
  if (!node)
    throw new ConfigurationError(
      'redisBackend({ cluster }) needs at least one node, as in { nodes: ["redis://host:6379"] }.',
    );
  const { host: _host, port: _port, db: _db, ...credentials } = node;
  return credentials;
}
