/** Headers as Node's servers have them. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Whatever holds a request's cookies: a `Request`, its `Headers`, Node's request, or the Cookie header itself. */
export type SessionInput = Request | Headers | { readonly headers: Headers | NodeHeaders } | string | null | undefined;

type ReadHeader = (name: string) => string | undefined;

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** What sessions ask of a request. Looked up when it is asked for: a visitor costs one look. */
export class RequestFacts {
  readonly cookieHeader: string | undefined;
  readonly #input: Exclude<SessionInput, string | null | undefined> | undefined;
  readonly #header: ReadHeader;

  constructor(input: SessionInput) {
    this.#input = typeof input === "string" ? undefined : (input ?? undefined);
    this.#header = this.#input ? headerReader(this.#input) : () => undefined;
    this.cookieHeader = typeof input === "string" ? input : this.#header("cookie");
  }

  /** Plain http to this very machine: in development there is no certificate. */
  get isLocalHttp(): boolean {
    const host = this.#host;
    if (host === undefined || !LOCAL_HOST.test(host)) return false;
    const overHttps = this.#header("x-forwarded-proto")?.startsWith("https") || this.#url?.startsWith("https:");
    return !overHttps && !isEncrypted(this.#input);
  }

  /**
   * The browser fetches it in case it is needed: nobody sees the page yet.
   *
   * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Purpose
   */
  get isPrefetch(): boolean {
    return (
      this.#header("sec-purpose")?.startsWith("prefetch") === true ||
      this.#header("purpose") === "prefetch" ||
      this.#header("x-moz") === "prefetch" ||
      this.#header("next-router-prefetch") !== undefined
    );
  }

  /**
   * Whether a page of this site sent it, as far as the browser says; `undefined` if it does not.
   *
   * @see https://www.w3.org/TR/fetch-metadata/
   */
  get isSameOrigin(): boolean | undefined {
    const site = this.#header("sec-fetch-site");
    if (site !== undefined) return site === "same-origin" || site === "none";
    const origin = this.#header("origin");
    const host = this.#host;
    if (origin === undefined || host === undefined) return undefined;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  get #host(): string | undefined {
    return this.#header("host") ?? (this.#url === undefined ? undefined : new URL(this.#url).host);
  }

  /** Of a `Request`; Node's have only the path. */
  get #url(): string | undefined {
    const { url } = (this.#input ?? {}) as { url?: unknown };
    return typeof url === "string" && /^https?:/.test(url) ? url : undefined;
  }
}

function headerReader(input: Exclude<SessionInput, string | null | undefined>): ReadHeader {
  const headers: Headers | NodeHeaders = "headers" in input ? input.headers : input;
  if (isFetchHeaders(headers)) return (name) => headers.get(name) ?? undefined;
  return (name) => {
    const value = headers[name];
    return typeof value === "string" ? value : value?.join("; ");
  };
}

/** By its shape: runtimes and frameworks bring classes of their own. */
function isFetchHeaders(headers: Headers | NodeHeaders): headers is Headers {
  return typeof headers["get"] === "function";
}

/** Node's requests know of their own TLS. */
function isEncrypted(input: object | undefined): boolean {
  const { socket } = (input ?? {}) as { socket?: { encrypted?: boolean } };
  return socket?.encrypted === true;
}
