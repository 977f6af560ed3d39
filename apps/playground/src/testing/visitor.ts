import type { SessionAnswer } from "../sessions/session-requests.ts";

/** One of the user's sessions, as `/api/session/devices` lists it. */
export interface Device {
  readonly id: string;
  readonly device: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly current: boolean;
}

/** A browser as far as sessions go: it keeps its cookie, and the token that the last answer had for forms. */
export class Visitor {
  readonly #base: string;
  readonly #userAgent: string;
  /** As the Cookie header has it: name and value. */
  cookie: string | undefined;
  csrfToken = "";
  /** The Set-Cookie header of the last response. */
  setCookie: string | null = null;

  constructor(base: string, userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") {
    this.#base = base;
    this.#userAgent = userAgent;
  }

  async send(method: "GET" | "POST", path: string, body?: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        "User-Agent": this.#userAgent,
        "X-CSRF-Token": this.csrfToken,
        "Content-Type": "application/json",
        ...(this.cookie === undefined ? {} : { Cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    this.setCookie = response.headers.get("set-cookie");
    if (this.setCookie) this.cookie = /^(\w+=[^;]+);/.exec(this.setCookie)?.[1];
    return response;
  }

  look(): Promise<SessionAnswer> {
    return this.#take(this.send("GET", "/api/session"));
  }

  search(q: string, country?: string): Promise<SessionAnswer> {
    return this.#post("/api/session/recent", { q, country });
  }

  signIn(name: string): Promise<SessionAnswer> {
    return this.#post("/api/session/sign-in", { name });
  }

  signOut(where: "here" | "elsewhere" | "everywhere"): Promise<SessionAnswer> {
    return this.#post("/api/session/sign-out", { where });
  }

  revoke(id: string): Promise<SessionAnswer> {
    return this.#post(`/api/session/devices/${id}/sign-out`, {});
  }

  async devices(): Promise<Device[]> {
    const response = await this.send("GET", "/api/session/devices");
    return ((await response.json()) as { devices: Device[] }).devices;
  }

  #post(path: string, body: object): Promise<SessionAnswer> {
    return this.#take(this.send("POST", path, JSON.stringify(body)));
  }

  async #take(sent: Promise<Response>): Promise<SessionAnswer> {
    const response = await sent;
    if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
    const answer = (await response.json()) as SessionAnswer;
    this.csrfToken = answer.csrfToken;
    return answer;
  }
}
