import { type Backend, type Duration, type EnvSource, readEnv } from "@holdfast/core";
import {
  createRestBackend,
  type RestCredentials,
  type RestRequester,
  resolveRestCredentials,
  safeRequester,
} from "@holdfast/redis-engine/rest";

/** An instance of `VercelKV` from `@vercel/kv`; its settings for retries, caching and decoding are not used. */
export interface VercelKvLike {
  exec(command: [string, ...(string | number | boolean)[]]): Promise<unknown>;
}

export interface VercelKvBackendOptions {
  /** The REST URL. @default the variable `KV_REST_API_URL` */
  readonly url?: string;
  /** The REST token. @default the variable `KV_REST_API_TOKEN` */
  readonly token?: string;
  /** Where variables are read from, where there is no `process.env`: `import.meta.env`. */
  readonly env?: EnvSource;
  /** An existing client, instead of `url` and `token`. It stays as it is. */
  readonly client?: VercelKvLike;
  /** How long a call may take, all attempts together. @default "1s" */
  readonly commandTimeout?: Duration;
  /** How often what is safe to repeat is sent again after a lost answer; 0 to 10. @default 2 */
  readonly retries?: number;
}

/**
 * Storage on Vercel KV. `@vercel/kv` needs Node's `process`; in browsers and workers use `upstashBackend()`
 * from `@holdfast/adapter-upstash` with the same URL and token.
 *
 * @throws {ConfigurationError} URL or token is missing or malformed; it lists every variable that would do.
 * @throws {RangeError} `commandTimeout` or `retries` is out of range.
 */
export function vercelKvBackend(options: VercelKvBackendOptions = {}): Backend {
  const { commandTimeout, retries } = options;
  return createRestBackend({ name: "vercel-kv", open: openerOf(options), commandTimeout, retries });
}

function openerOf({ client, url, token, env }: VercelKvBackendOptions): () => Promise<RestRequester> {
  if (client) {
    const requester = safeRequester(client);
    return async () => requester;
  }
  const credentials = resolveRestCredentials({
    factory: "vercelKvBackend()",
    url,
    token,
    fromEnv: () =>
      readEnv(
        { url: { names: ["KV_REST_API_URL"], kind: "url" }, token: { names: ["KV_REST_API_TOKEN"] } },
        { source: env },
      ),
  });
  return () => open(credentials);
}

/** Imports the client only now: its module throws where there is no `process`, and sets a variable of it. */
async function open(credentials: RestCredentials): Promise<RestRequester> {
  const { createClient } = await import("@vercel/kv");
  return safeRequester(
    createClient({
      ...credentials,
      automaticDeserialization: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      retry: { retries: 0 },
      cache: "no-store",
    }),
  );
}
