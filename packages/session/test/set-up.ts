import { memoryBackend } from "@holdfast/adapter-memory";
import { createSessions, type Session, type SessionOptions, type Sessions } from "../src/index.ts";

export interface Data {
  theme?: string;
  visits?: number;
  cart?: readonly string[];
  notice?: string;
  draft?: string;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sessions on a store of their own, unless told otherwise. */
export function newSessions(options: Partial<SessionOptions<Data>> = {}): Sessions<Data> {
  return createSessions<Data>({ backend: memoryBackend(), ...options });
}

/** Keeps the cookies that responses set, as a browser does for one site. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #sessions: Sessions<Data>;
  readonly #url: string;

  constructor(sessions: Sessions<Data>, url = "https://example.com/") {
    this.#sessions = sessions;
    this.#url = url;
  }

  /** A second window onto the same cookies as they are now. */
  clone(): Browser {
    const copy = new Browser(this.#sessions, this.#url);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  request(headers: Record<string, string> = {}): Request {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Request(this.#url, { headers: { ...headers, ...(cookie ? { cookie } : {}) } });
  }

  load(headers?: Record<string, string>): Promise<Session<Data>> {
    return this.#sessions.load(this.request(headers));
  }

  async commit(session: Session<Data>): Promise<Response> {
    const response = await this.#sessions.commit(session, new Response("body"));
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  /** One request: load, work, commit. */
  async visit<T>(work: (session: Session<Data>) => T, headers?: Record<string, string>): Promise<Awaited<T>> {
    const session = await this.load(headers);
    const result = await work(session);
    await this.commit(session);
    return result;
  }

  get token(): string | undefined {
    return this.cookies.get("__Host-session");
  }

  #keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split("; ");
    const equals = pair.indexOf("=");
    if (attributes.includes("Max-Age=0")) this.cookies.delete(pair.slice(0, equals));
    else this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
}
