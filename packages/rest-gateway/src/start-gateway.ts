import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayError } from "./gateway-error.ts";
import { type GatewayOptions, type ResolvedGatewayOptions, resolveOptions } from "./gateway-options.ts";
import { createListener } from "./listener.ts";
import { RedisServer } from "./redis-server.ts";

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  /** What clients take as their URL, for example `http://127.0.0.1:54321`. */
  readonly url: string;
  /** The token that grants everything. */
  readonly token: string;
  /** The token that grants reading only, if one was given. */
  readonly readOnlyToken?: string;
  /** The TCP port that it listens on. */
  readonly port: number;
  /** Ends every request and stream, and closes every connection. The Redis server stays up. May be called again. */
  close(): Promise<void>;
}

/** Idle HTTP connections stay open this long, so that callers rarely meet one that is just being closed. */
const keepAliveMs = 75_000;

/**
 * Starts an HTTP endpoint that speaks the Upstash and Vercel KV REST protocol in front of a Redis server.
 *
 * While the Redis server is away, requests are answered 503; service resumes by itself when it is back.
 *
 * @throws {GatewayError} `INVALID_OPTIONS`; `REDIS_UNREACHABLE` if the server does not answer now;
 * `PORT_UNAVAILABLE` if the address cannot be listened on.
 * @see https://upstash.com/docs/redis/features/restapi
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const resolved = resolveOptions(options);
  const server = new RedisServer(resolved.redis, resolved);
  try {
    await openRedis(server);
    const http = createServer({ keepAliveTimeout: keepAliveMs }, createListener(server, resolved));
    await listen(http, resolved);
    return toGateway(http, server, resolved);
  } catch (error) {
    server.close();
    throw error;
  }
}

async function openRedis(server: RedisServer): Promise<void> {
  try {
    await server.open();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    throw new GatewayError(
      "REDIS_UNREACHABLE",
      `The gateway cannot use the Redis server (${reason}). Start one, or correct the "redis" option.`,
      { cause },
    );
  }
}

function listen(http: Server, { host, port }: ResolvedGatewayOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", (cause) => {
      const message = `The gateway cannot listen on ${host}:${port} (${cause.message}). Choose another port, or 0.`;
      reject(new GatewayError("PORT_UNAVAILABLE", message, { cause }));
    });
    http.listen(port, host, resolve);
  });
}

function toGateway(http: Server, server: RedisServer, { host, token, readOnlyToken }: ResolvedGatewayOptions): Gateway {
  const { port } = http.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
      server.close();
    });
    return closed;
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    token,
    ...(readOnlyToken === undefined ? {} : { readOnlyToken }),
    port,
    close,
    [Symbol.asyncDispose]: close,
  };
}
