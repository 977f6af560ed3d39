import { type NodeResponse, readHead, restoreHead, setHead } from "./node-response.ts";
import { HEADERS_OF_ONE_RESPONSE } from "./response-headers.ts";

/** What a response waits for: before its headers leave, and again before its body ends. */
export interface Awaited {
  isDue(isFirst: boolean): boolean;
  /** @returns Cookies to set. Once the headers have left there is no way to. */
  run(headersHaveLeft: boolean): Promise<readonly string[]>;
  /** Told that it failed, or that sending did. What the handler was sending is dropped, unless headers have left. */
  fail(error: unknown): void;
}

type Sending = "writeHead" | "write" | "end" | "flushHeaders";

/**
 * Holds a Node response back while something takes its time: what the handler calls meanwhile is kept, and happens
 * afterwards. Where nothing is due, calls pass through.
 */
export class HeldResponse {
  readonly #response: NodeResponse;
  readonly #awaited: Awaited;
  readonly #originals: Pick<NodeResponse, Sending>;
  #stage: "before headers" | "before end" | "over" = "before headers";
  #kept: [name: Sending, args: readonly never[]][] | undefined;

  constructor(response: NodeResponse, awaited: Awaited) {
    this.#response = response;
    this.#awaited = awaited;
    const { writeHead, write, end, flushHeaders } = response;
    this.#originals = { writeHead, write, end, flushHeaders };
  }

  /** From now on, calls come here first. */
  install(): void {
    const response = this.#response;
    response.writeHead = (...args) => this.#pass("writeHead", args);
    response.write = (...args) => this.#pass("write", args);
    response.end = (...args) => this.#pass("end", args);
    response.flushHeaders = (...args) => this.#pass("flushHeaders", args);
  }

  #pass(name: Sending, args: readonly never[]): unknown {
    if (this.#kept) this.#keep(name, args);
    else if (this.#mustWait(name)) void this.#hold(name, args);
    else return this.#call(name, args);
    // `false` makes whoever pipes wait for "drain".
    return name === "write" ? false : this.#response;
  }

  #keep(name: Sending, args: readonly never[]): void {
    // Node would refuse what follows an end, and with an error that nobody listens for.
    if (this.#stage === "over") return;
    if (name === "end") this.#stage = "over";
    this.#kept?.push([name, args]);
  }

  #call(name: Sending, args: readonly never[]): unknown {
    return this.#originals[name].apply(this.#response, args as never[]);
  }

  #mustWait(name: Sending): boolean {
    if (this.#stage === "over" || (this.#stage === "before end" && name !== "end")) return false;
    const isFirst = this.#stage === "before headers";
    this.#stage = name === "end" ? "over" : "before end";
    return this.#awaited.isDue(isFirst);
  }

  async #hold(name: Sending, args: readonly never[]): Promise<void> {
    const response = this.#response;
    const { headersSent } = response;
    this.#kept = [[name, args]];
    const cookies: string[] = [];
    try {
      if (name === "writeHead") {
        // Its headers are set now, so that a cookie is added to them and not replaced by them.
        setHead(response, args);
        this.#kept = [[name, [response.statusCode as never]]];
      }
      const head = readHead(response);
      // Error handlers break off a body that has begun. One that is complete is sent, whatever its handler does next.
      if (name !== "end") Object.defineProperty(response, "headersSent", { get: () => true, configurable: true });
      // What the handler still does in this turn belongs to it.
      await Promise.resolve();
      cookies.push(...(await this.#awaited.run(headersSent)));
      const hasEndedSince = name !== "end" && this.#stage === "over";
      if (hasEndedSince && this.#awaited.isDue(false)) cookies.push(...(await this.#awaited.run(headersSent)));
      Reflect.deleteProperty(response, "headersSent");
      if (!headersSent) restoreHead(response, head);
      setCookies(response, cookies.splice(0));
      this.#release();
    } catch (error) {
      this.#fail(error, cookies);
    }
  }

  #release(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    let hasRoom = false;
    for (const [name, args] of kept) {
      const result = this.#call(name, args);
      if (name === "write") hasRoom = result === true;
    }
    if (hasRoom) this.#response.emit("drain");
  }

  /** @param cookies Of what was done before it failed: browsers are to learn of that. */
  #fail(error: unknown, cookies: readonly string[]): void {
    const response = this.#response;
    this.#kept = undefined;
    this.#stage = "over";
    Reflect.deleteProperty(response, "headersSent");
    // A handler that goes on writing, into a response that others end, must not end the process.
    response.on("error", () => {});
    if (!response.headersSent) {
      response.statusCode = 500;
      response.statusMessage = "";
      for (const name of HEADERS_OF_ONE_RESPONSE) response.removeHeader(name);
      setCookies(response, cookies);
    }
    this.#awaited.fail(error);
  }
}

function setCookies(response: NodeResponse, cookies: readonly string[]): void {
  if (cookies.length === 0) return;
  response.appendHeader("set-cookie", [...cookies]);
  if (response.getHeader("cache-control") === undefined) response.setHeader("cache-control", "no-store");
}
