import { ConfigurationError } from "@holdfast/core";

/** One request to the REST endpoint. */
export interface RestRequest {
  readonly path?: string[];
  readonly body: unknown;
  readonly signal: () => AbortSignal;
}

/** What the client makes of one command's answer. */
export interface RestAnswer {
  readonly result?: unknown;
  readonly error?: string | undefined;
}

/** The part of `@upstash/redis` that sends a request; `@vercel/kv` has the same. */
export interface RestRequester {
  request(request: RestRequest): Promise<RestAnswer | readonly RestAnswer[]>;
}

/**
 * The client's requester with settings that lose nothing: no retries of its own (they repeat writes whose reply was
 * lost), no caching of requests (frameworks freeze them into pages), and answers as plain JSON (its base64 decoder
 * drops a leading U+FEFF), no telemetry. Below the commands' layer there is no automatic deserialisation and no auto-pipelining
 * either. The client itself stays as it is.
 *
 * @throws {ConfigurationError} The client does not look like `@upstash/redis` 1.35 or later.
 */
export function safeRequester(client: object): RestRequester {
  const requester: unknown = "client" in client ? client.client : undefined;
  if (!isRequester(requester)) {
    throw new ConfigurationError(
      "The `client` must be an instance of Redis from @upstash/redis or of VercelKV from @vercel/kv. Pass `url` and `token` instead to let Holdfast make one.",
    );
  }
  const { options, headers } = requester as { options?: object; headers?: Record<string, string> };
  const plainHeaders = Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name]) => !/^upstash-(encoding|telemetry-)/i.test(name)),
  );
  const safe: unknown = Object.assign(Object.create(requester), {
    headers: plainHeaders,
    retry: { attempts: 0, backoff: () => 0 },
    options: { ...options, cache: "no-store", responseEncoding: false },
  });
  return safe as RestRequester;
}

function isRequester(value: unknown): value is RestRequester {
  return typeof value === "object" && value !== null && "request" in value && typeof value.request === "function";
}
