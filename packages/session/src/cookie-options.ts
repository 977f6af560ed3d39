import { ConfigurationError } from "@holdfast/core";
import { stringifySetCookie } from "cookie";

export interface CookieOptions {
  /** @default "__Host-session"; "__Secure-session" with `domain` or another `path`; "session" with `secure: false` */
  readonly name?: string;
  /**
   * Whether browsers send it over https only.
   *
   * @default true, except that in development a server on http://localhost gets a cookie without it, and without the
   * name's prefix
   */
  readonly secure?: boolean;
  /** @default "lax" */
  readonly sameSite?: "lax" | "strict" | "none";
  /** Shares the cookie with subdomains. @default none: this host only */
  readonly domain?: string;
  /** @default "/" */
  readonly path?: string;
  /** Keeps the cookie apart for each site that embeds this one (CHIPS). @default false */
  readonly partitioned?: boolean;
}

/** How a cookie is written. Scripts never see it: it is always `HttpOnly`. */
export interface CookieAttributes {
  readonly name: string;
  readonly secure: boolean;
  readonly sameSite: "lax" | "strict" | "none";
  readonly domain: string | undefined;
  readonly path: string;
  readonly partitioned: boolean;
}

/**
 * @returns The cookie, and the one that stands in for it on http://localhost, where there may be one.
 * @throws {ConfigurationError} Browsers would drop such a cookie without a word.
 */
export function resolveCookie(options: CookieOptions = {}): {
  readonly attributes: CookieAttributes;
  readonly onLocalhost: CookieAttributes | undefined;
} {
  const { secure = true, sameSite = "lax", domain, path = "/", partitioned = false } = options;
  const ownHost = domain === undefined && path === "/";
  const name = options.name ?? (secure ? (ownHost ? "__Host-session" : "__Secure-session") : "session");
  const attributes = { name, secure, sameSite, domain, path, partitioned };
  check(attributes);
  const mayStandIn = options.secure === undefined && sameSite !== "none" && !partitioned;
  return {
    attributes,
    onLocalhost: mayStandIn ? { ...attributes, name: withoutPrefix(name), secure: false } : undefined,
  };
}

function check(attributes: CookieAttributes): void {
  const { name, secure, sameSite, domain, path, partitioned } = attributes;
  if (/^__host-/i.test(name) && !(secure && path === "/" && domain === undefined)) {
    throw new ConfigurationError(
      `Browsers accept a cookie named ${name} only with secure: true, path: "/" and no domain. Change these, or the name.`,
    );
  }
  if (/^__secure-/i.test(name) && !secure) {
    throw new ConfigurationError(
      `Browsers accept a cookie named ${name} only with secure: true. Change it, or the name.`,
    );
  }
  if (sameSite === "none" && !secure) {
    throw new ConfigurationError('Browsers accept a cookie with sameSite: "none" only with secure: true.');
  }
  if (partitioned && !secure) {
    throw new ConfigurationError("Browsers accept a partitioned cookie only with secure: true.");
  }
  if (!["lax", "strict", "none"].includes(sameSite)) {
    throw new ConfigurationError('cookie.sameSite must be "lax", "strict" or "none".');
  }
  if (!path.startsWith("/")) throw new ConfigurationError('cookie.path must begin with "/".');
  try {
    stringifySetCookie({ name, value: "", path, ...(domain === undefined ? {} : { domain }) });
  } catch (cause) {
    throw new ConfigurationError(
      "The cookie's name, domain or path has characters that a Set-Cookie header cannot hold.",
      { cause },
    );
  }
}

/** Browsers other than Chromium refuse prefixed names over http, also on localhost. */
function withoutPrefix(name: string): string {
  return name.replace(/^__(host|secure)-/i, "");
}
