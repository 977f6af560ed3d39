import { parseCookie, stringifySetCookie } from "cookie";
import { type CookieAttributes, type CookieOptions, resolveCookie } from "./cookie-options.ts";
import type { RequestFacts } from "./request-facts.ts";

/** More cookies of one name than this are somebody's attack: each may cost a call of the store. */
const MAX_VALUES = 4;

/** Reads and writes the cookie that carries the token. */
export class SessionCookie {
  readonly #attributes: CookieAttributes;
  readonly #onLocalhost: CookieAttributes | undefined;
  readonly #maxAgeSeconds: number;
  #told = false;

  /** @throws {ConfigurationError} See {@link resolveCookie}. */
  constructor(options: CookieOptions | undefined, maxAgeMs: number) {
    const { attributes, onLocalhost } = resolveCookie(options);
    this.#attributes = attributes;
    this.#onLocalhost = inProduction() ? undefined : onLocalhost;
    this.#maxAgeSeconds = Math.floor(maxAgeMs / 1_000);
  }

  get name(): string {
    return this.#attributes.name;
  }

  /**
   * Every value that the cookie's name has, in the order sent: a sibling domain may have set one of the same name, and
   * browsers do not say which is whose.
   */
  read(facts: RequestFacts): string[] {
    const { cookieHeader } = facts;
    const { name } = this.#attributesFor(facts);
    if (!cookieHeader?.includes(name)) return [];
    const values = new Set<string>();
    for (const part of cookieHeader.split(";")) {
      const equals = part.indexOf("=");
      if (equals === -1 || part.slice(0, equals).trim() !== name) continue;
      values.add(part.slice(equals + 1).trim());
      if (values.size === MAX_VALUES) break;
    }
    return [...values];
  }

  /** A Set-Cookie header's value. It lives as long as the session may, so that sliding needs no new one. */
  write(token: string, facts: RequestFacts): string {
    return this.#serialise(token, this.#maxAgeSeconds, facts);
  }

  /** The same, to make the browser forget it. */
  clear(facts: RequestFacts): string {
    return this.#serialise("", 0, facts);
  }

  #serialise(value: string, maxAge: number, facts: RequestFacts): string {
    const { name, secure, sameSite, domain, path, partitioned } = this.#attributesFor(facts);
    if (name !== this.#attributes.name) this.#tellOnce();
    return stringifySetCookie({
      name,
      value,
      maxAge,
      path,
      sameSite,
      httpOnly: true,
      secure,
      partitioned,
      ...(domain === undefined ? {} : { domain }),
    });
  }

  #attributesFor(facts: RequestFacts): CookieAttributes {
    return this.#onLocalhost && facts.isLocalHttp ? this.#onLocalhost : this.#attributes;
  }

  #tellOnce(): void {
    if (this.#told) return;
    this.#told = true;
    console.info(
      `Holdfast: over http://localhost the session cookie is "${this.#onLocalhost?.name}" without Secure. In production (NODE_ENV=production, or any other host) it is "${this.#attributes.name}" with Secure, which needs https.`,
    );
  }
}

/** The cookies that a header names, the first of each name. */
export function readCookies(cookieHeader: string | undefined): Readonly<Record<string, string | undefined>> {
  return cookieHeader === undefined ? {} : parseCookie(cookieHeader);
}

/** A Set-Cookie header's value that makes the browser forget another system's cookie. */
export function forgetCookie(name: string): string {
  return stringifySetCookie({ name, value: "", maxAge: 0, path: "/", httpOnly: true });
}

function inProduction(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.["NODE_ENV"] === "production";
}
