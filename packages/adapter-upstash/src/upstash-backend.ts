import { type Backend, type Duration, type EnvSource, readEnv } from "@holdfast/core";
import { createRestBackend, resolveRestCredentials, safeRequester } from "@holdfast/redis-engine/rest";
import { Redis } from "@upstash/redis";

/** An instance of `Redis` from `@upstash/redis`; its settings for retries, caching and decoding are not used. */
export interface UpstashLike {
  exec(command: [string, ...(string | number | boolean)[]]): Promise<unknown>;
}

export interface UpstashBackendOptions {
  /** The REST URL. @default the variable `UPSTASH_REDIS_REST_URL`, else `KV_REST_API_URL` */
  readonly url?: string;
  /** The REST token. @default the variable `UPSTASH_REDIS_REST_TOKEN`, else `KV_REST_API_TOKEN` */
  readonly token?: string;
  /** Where variables are read from, where there is no `process.env`: `import.meta.env`, a Worker's `env`. */
  readonly env?: EnvSource;
  /** An existing client, instead of `url` and `token`. It stays as it is. */
  readonly client?: UpstashLike;
  /** How long a call may take, all attempts together. @default "1s" */
  readonly commandTimeout?: Duration;
  /** How often what is safe to repeat is sent again after a lost answer; 0 to 10. @default 2 */
  readonly retries?: number;
}

/**
 * Storage on Upstash Redis over HTTP: servers, serverless functions, edge runtimes.
 *
 * @throws {ConfigurationError} URL or token is missing or malformed; it lists every variable that would do.
 * @throws {RangeError} `commandTimeout` or `retries` is out of range.
 */
export function upstashBackend(options: UpstashBackendOptions = {}): Backend {
  const { client = createClient(options), commandTimeout, retries } = options;
  const requester = safeRequester(client);
  return createRestBackend({ name: "upstash", open: async () => requester, commandTimeout, retries });
}

function createClient({ url, token, env }: UpstashBackendOptions): Redis {
  const credentials = resolveRestCredentials({
    factory: "upstashBackend()",
    url,
    token,
    fromEnv: () =>
      readEnv(
        {
          url: { names: ["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"], kind: "url" },
          token: { names: ["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"] },
        },
        { source: env },
      ),
  });
  return new Redis({
    ...credentials,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    cache: "no-store",
  });
}
