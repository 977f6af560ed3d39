import { type Backend, ConfigurationError, type Duration, parseDuration } from "@holdfast/core";
import { createRedisBackend } from "../redis-backend.ts";
import type { RestRequester } from "./requester.ts";
import { RestTransport } from "./rest-transport.ts";

/** Where the endpoint is, and the secret that opens it. */
export interface RestCredentials {
  readonly url: string;
  readonly token: string;
}

export interface RestBackendOptions {
  /** Begins every error message. */
  readonly name: string;
  /** Makes the client's requester, at the first command. */
  readonly open: () => Promise<RestRequester>;
  /** @default "1s" */
  readonly commandTimeout?: Duration | undefined;
  /** @default 2 */
  readonly retries?: number | undefined;
}

/** Every store over the REST protocol. */
export function createRestBackend({ name, open, commandTimeout = "1s", retries = 2 }: RestBackendOptions): Backend {
  if (!Number.isInteger(retries) || retries < 0 || retries > 10) {
    throw new RangeError(`retries must be a whole number from 0 to 10; got ${retries}.`);
  }
  const commandTimeoutMs = parseDuration(commandTimeout, "commandTimeout");
  return createRedisBackend({ name, transport: new RestTransport(open), commandTimeoutMs, retries });
}

/** What the caller passed, and how to read the environment where nothing was passed. */
export interface RestCredentialsSource {
  /** Begins errors, as in `"upstashBackend()"`. */
  readonly factory: string;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly fromEnv: () => RestCredentials;
}

/**
 * The credentials to use, checked before anything is sent.
 *
 * @throws {ConfigurationError} Only one of the two was passed, or one of them cannot be what it should be.
 */
export function resolveRestCredentials({ factory, url, token, fromEnv }: RestCredentialsSource): RestCredentials {
  if (url === undefined && token === undefined) return checked(fromEnv(), factory);
  if (url === undefined || token === undefined) {
    throw new ConfigurationError(
      `${factory}: pass \`url\` and \`token\` together, or neither to read both from the environment; one from each may belong to different databases.`,
    );
  }
  return checked({ url, token }, factory);
}

function checked({ url, token }: RestCredentials, factory: string): RestCredentials {
  if (/^rediss?:/.test(url)) {
    throw new ConfigurationError(
      `${factory} takes the REST URL, which begins with https://; this is a redis:// URL. Use redisBackend() for it, or copy the REST URL from the dashboard.`,
    );
  }
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url)) {
    throw new ConfigurationError(`${factory}: \`url\` must be an http(s) URL without white space or quotes.`);
  }
  const { username, password, search, hash } = new URL(url);
  if (username || password || search || hash) {
    throw new ConfigurationError(
      `${factory}: \`url\` must be without credentials, query and fragment; the token goes into \`token\`.`,
    );
  }
  if (!/^[!-~]+$/.test(token) || /^["']/.test(token)) {
    throw new ConfigurationError(
      `${factory}: \`token\` must be the bare token: ASCII characters, without white space or quotes.`,
    );
  }
  return { url, token };
}
