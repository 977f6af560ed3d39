import { randomUUID } from "node:crypto";

export interface StartGatewayOptions {
  /** The Redis server behind it: a URL, or a handle of `startRedis`. */
  readonly redis: string | { readonly url: string };
  /** @default a free port */
  readonly port?: number;
}

/** A REST endpoint in this process, in front of a Redis server that stays the caller's. */
export interface GatewayHandle extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** May only read. */
  readonly readOnlyToken: string;
  stop(): Promise<void>;
}

/** Starts a gateway with tokens of its own, on 127.0.0.1. */
export async function startGateway(options: StartGatewayOptions): Promise<GatewayHandle> {
  const redis = typeof options.redis === "string" ? options.redis : options.redis.url;
  const token = randomUUID();
  const readOnlyToken = randomUUID();
  // Most tests need no gateway, and then not its web server either.
  const gateway = await (await import("@holdfast/rest-gateway")).startGateway({
    redis,
    token,
    readOnlyToken,
    port: options.port ?? 0,
  });
  const stop = (): Promise<void> => gateway.close();
  return { url: gateway.url, token, readOnlyToken, stop, [Symbol.asyncDispose]: stop };
}
