import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions } from "@holdfast/session";
import { countCommands, type ProgramHandle, type RedisHandle, startProgram, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const app = join(import.meta.dirname, "..");
const next = join(app, "node_modules/next/dist/bin/next");

let redis: RedisHandle;
let server: ProgramHandle;
let backend: ReturnType<typeof redisBackend>;

beforeAll(async () => {
  redis = await startRedis();
  backend = redisBackend(redis.url);
  const environment = { NEXT_TELEMETRY_DISABLED: "1", REDIS_URL: redis.url };
  const { PATH = "", HOME = "" } = process.env;
  await promisify(execFile)(process.execPath, [next, "build"], { cwd: app, env: { PATH, HOME, ...environment } });
  server = await startProgram({
    args: [next, "start", "-p", "0", "-H", "localhost"],
    folder: app,
    environment,
    ready: /Local: +(http:\S+)[\s\S]*Ready in/,
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await backend?.close();
  await redis?.stop();
});

interface Visit {
  readonly status: number;
  readonly location: string | null;
  readonly cookies: readonly string[];
  readonly text: string;
  /** What the page shows of its session. */
  readonly seen: Record<string, unknown> | undefined;
}

/** A browser: it keeps the cookie although the connection is not encrypted. */
class Browser {
  cookie: string | undefined;

  async visit(path: string, init: RequestInit = {}): Promise<Visit> {
    const headers = new Headers({ origin: server.announced, ...(init.headers as Record<string, string>) });
    if (this.cookie) headers.set("cookie", this.cookie);
    const response = await fetch(server.announced + path, { redirect: "manual", ...init, headers });
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) this.cookie = cookie.includes("Max-Age=0") ? undefined : cookie.split(";")[0];
    const text = await response.text();
    const json = /<output>(.*?)<\/output>/.exec(text)?.[1]?.replaceAll("&quot;", '"');
    const location = response.headers.get("location");
    return { status: response.status, location, cookies, text, seen: json && JSON.parse(json) };
  }

  /** Next answers a request of its router by a redirect to an address with a hash of its headers, unless it has that. */
  async follow(path: string, headers: Record<string, string>): Promise<Visit> {
    const visit = await this.visit(path, { headers });
    return visit.location ? this.visit(visit.location, { headers }) : visit;
  }

  /** Sends the form with this button, as a browser without scripts does. */
  async submit(button: string, fields: Readonly<Record<string, string>> = {}): Promise<Visit> {
    const { text } = await this.visit("/");
    const form = text.split("<form").find((part) => part.includes(`>${button}</button>`)) ?? "";
    const body = new FormData();
    for (const [, name = ""] of form.matchAll(/<input type="hidden" name="([^"]+)"/g)) body.set(name, "");
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.visit("/", { method: "POST", body });
  }
}

const TOKEN = /^__Host-session=[\w-]{81}; Path=\/; Expires=[^;]+; Max-Age=604800; Secure; HttpOnly; SameSite=lax$/i;

/** What browsers and Next's router say of requests for pages that nobody sees yet. */
const PREFETCHES: Record<string, string>[] = [
  { rsc: "1", "next-router-prefetch": "1" },
  { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  { rsc: "1", "next-router-prefetch": "2" },
  { "sec-purpose": "prefetch;prerender" },
  { purpose: "prefetch" },
];

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});

describe("pages", () => {
  it("give a visitor no cookie, and are not made at build", async () => {
    const { seen, cookies } = await browser.visit("/");
    expect([seen, cookies]).toEqual([{}, []]);
    expect((await browser.visit("/")).text).toContain('data-status="new"');
  });

  it("find the session once for all components, beside the proxy that found it before", async () => {
    await browser.submit("Sign in", { user: "ada" });
    await browser.visit("/");
    const ofVisitWith = async (headers: Record<string, string>) => {
      const { byName } = await countCommands(redis.url, () => browser.visit("/", { headers }));
      return byName["evalsha"];
    };
    expect(await ofVisitWith({})).toBe(2);
    // The proxy's matcher leaves these out.
    expect(await ofVisitWith({ purpose: "prefetch" })).toBe(1);
  });
});

describe("server actions", () => {
  it("sign in, with exactly the sessions' cookie, also where they redirect", async () => {
    const { status, location, cookies } = await browser.submit("Sign in", { user: "ada" });
    expect([status, location]).toEqual([303, "/"]);
    expect(cookies).toEqual([expect.stringMatching(TOKEN)]);
    const { seen, text } = await browser.visit("/");
    expect(seen).toEqual({ user: "ada", notice: "Welcome", again: "Welcome" });
    expect(text).toContain('<header data-status="active">ada</header>');
  });

  it("eat what was flashed; pages do not", async () => {
    await browser.submit("Sign in", { user: "ada" });
    await browser.visit("/");
    expect((await browser.visit("/")).seen).toMatchObject({ notice: "Welcome" });
    const { cookies, seen } = await browser.submit("Dismiss");
    expect([cookies, seen]).toEqual([[], { user: "ada" }]);
    expect((await browser.visit("/")).seen).toEqual({ user: "ada" });
  });

  it("are followed by a page that knows what they did", async () => {
    await browser.submit("Sign in", { user: "ada" });
    const old = browser.cookie;
    const { cookies, seen, text } = await browser.submit("Sign out");
    expect(cookies).toEqual([expect.stringMatching(/^__Host-session=;.* Max-Age=0;/)]);
    expect(seen).toEqual({});
    expect(text).toContain(">Visitor</header>");
    browser.cookie = old;
    expect((await browser.visit("/")).seen).toEqual({});
  });

  it("that fail send nothing", async () => {
    await browser.submit("Sign in", { user: "ada" });
    expect((await browser.submit("Fail")).status).toBe(500);
    expect((await browser.visit("/")).seen).toMatchObject({ user: "ada" });
    expect((await browser.visit("/")).seen).not.toHaveProperty("draft");
  });
});

describe("route handlers", () => {
  it("read and write, also where they redirect", async () => {
    const { status, cookies } = await browser.visit("/api/draft", { method: "POST", body: "text" });
    expect([status, cookies]).toEqual([204, [expect.stringMatching(/^__Host-session=[\w-]{81}; Max-Age=604800;/)]]);
    expect(JSON.parse((await browser.visit("/api/draft")).text)).toEqual({ draft: "text" });
    const other = new Browser();
    const left = await other.visit("/api/draft?leave", { method: "POST", body: "left" });
    expect([left.status, left.location, left.cookies]).toEqual([307, "/", [expect.stringMatching(TOKEN)]]);
    expect((await other.visit("/")).seen).toEqual({ draft: "left" });
  });

  it("eat what was flashed, unless a link to them is prefetched", async () => {
    await browser.submit("Sign in", { user: "ada" });
    for (const headers of PREFETCHES) {
      expect(JSON.parse((await browser.follow("/api/draft", headers)).text)).toEqual({ notice: "Welcome" });
    }
    expect(JSON.parse((await browser.visit("/api/draft")).text)).toEqual({ notice: "Welcome" });
    expect(JSON.parse((await browser.visit("/api/draft")).text)).toEqual({});
  });
});

describe("the proxy", () => {
  it("saves before the page is rendered, which sees it: for a new visitor, and later", async () => {
    const first = await browser.visit("/seen");
    expect([first.seen, first.cookies.length]).toEqual([{ visits: 1 }, 1]);
    const second = await browser.visit("/seen");
    expect([second.seen, second.cookies]).toEqual([{ visits: 2 }, []]);
  });

  it("does so for Next's router, too", async () => {
    // The proxy is asked twice.
    const { text } = await browser.follow("/seen", { rsc: "1" });
    expect(text.startsWith("<")).toBe(false);
    expect(text).toContain('\\"visits\\":2');
  });

  it("signs out, and the page that it rewrites to has no session", async () => {
    await browser.submit("Sign in", { user: "ada" });
    const { seen, cookies } = await browser.visit("/left");
    expect([seen, browser.cookie, cookies.length]).toEqual([{}, undefined, 1]);
  });
});

describe("a prefetch", () => {
  it.each(PREFETCHES)("with %o does not move the session's end; a visit does", async (headers) => {
    const sessions = createSessions({ backend, namespace: "next" });
    const user = JSON.stringify(headers);
    const lastSeen = async () => (await sessions.list(user))[0]?.lastSeenAt.getTime();
    await browser.submit("Sign in", { user });
    const before = await lastSeen();
    for (const path of ["/", "/waits"]) expect((await browser.follow(path, headers)).status).toBe(200);
    expect(await lastSeen()).toBe(before);
    await browser.visit("/waits");
    expect(await lastSeen()).toBeGreaterThan(before!);
  });
});
