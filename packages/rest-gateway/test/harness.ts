import { type RedisHandle, type StartRedisOptions, startRedis } from "@holdfast/test-servers";
import { Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis";
import { type Gateway, type GatewayOptions, startGateway } from "../src/index.ts";

export interface TestGateway extends AsyncDisposable {
  readonly redis: RedisHandle;
  readonly gateway: Gateway;
  /** The official client as its users have it, but without its retries, which would only hide a failure for seconds. */
  readonly client: Upstash;
  /** The same, reading nothing into the strings that come back. */
  readonly raw: Upstash;
  /** A connection straight to the server, to see what the gateway did. */
  readonly direct: Redis;
  request(path: string, options?: RequestOptions): Promise<Response>;
}

export interface RequestOptions {
  readonly method?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  /** @default the full token, as a bearer token; `null` sends none */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

export async function startTestGateway(
  options: Partial<GatewayOptions> = {},
  redisOptions: StartRedisOptions = {},
): Promise<TestGateway> {
  const redis = await startRedis(redisOptions);
  const gateway = await startGateway({ redis: redis.url, readOnlyToken: "reader", ...options });
  const direct = new Redis(redis.url);
  // Some tests take the server away.
  direct.on("error", () => {});
  return {
    redis,
    gateway,
    client: createClient(gateway.url, gateway.token),
    raw: createClient(gateway.url, gateway.token, { automaticDeserialization: false }),
    direct,
    request: (path, { method = "POST", token = gateway.token, headers = {}, ...init } = {}) =>
      fetch(`${gateway.url}${path}`, {
        method,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...init,
      }),
    async [Symbol.asyncDispose]() {
      direct.disconnect();
      await gateway.close();
      await redis.stop();
    },
  };
}

export function createClient(
  url: string,
  token: string,
  options: { automaticDeserialization?: boolean } = {},
): Upstash {
  return new Upstash({ url, token, retry: { retries: 0 }, enableTelemetry: false, ...options });
}

/** Waits until `probe` gives something truthy; for what happens soon after an event that has no reply. */
export async function until<T>(probe: () => T | Promise<T>, deadlineMs = 10_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Not so within ${deadlineMs} ms: ${String(probe)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** How many connections the server has, other than `direct`. */
export async function countConnections(direct: Redis): Promise<number> {
  const list = String(await direct.client("LIST"));
  return list.trim().split("\n").length - 1;
}
