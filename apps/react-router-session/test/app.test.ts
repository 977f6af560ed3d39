import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions } from "@holdfast/session";
import {
  countCommands,
  findFreePorts,
  type ProgramHandle,
  type RedisHandle,
  startProgram,
  startRedis,
} from "@holdfast/test-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const app = join(import.meta.dirname, "..");
const bin = (path: string) => join(app, "node_modules/@react-router", path);

let redis: RedisHandle;
let server: ProgramHandle;

beforeAll(async () => {
  redis = await startRedis();
  const { PATH = "", HOME = "" } = process.env;
  await promisify(execFile)(process.execPath, [bin("dev/bin.cjs"), "build"], { cwd: app, env: { PATH, HOME } });
  const [port] = await findFreePorts(1);
  server = await startProgram({
    args: [bin("serve/bin.cjs"), "build/server/index.js"],
    folder: app,
    environment: { PORT: String(port), HOST: "127.0.0.1", REDIS_URL: redis.url },
    ready: /\((http:\S+)\)/,
  });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await redis?.stop();
});

interface Visit {
  readonly status: number;
  readonly location: string | null;
  /** Without empty ones, which browsers take for none. */
  readonly cookies: readonly string[];
  readonly text: string;
  /** What the page shows of its session. */
  readonly seen: Record<string, unknown> | undefined;
}

/** A browser: it keeps cookies although the connection is not encrypted. */
class Browser {
  readonly cookies = new Map<string, string>();

  async visit(path: string, init: RequestInit = {}): Promise<Visit> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) headers.set("cookie", [...this.cookies].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(server.announced + path, { redirect: "manual", ...init, headers });
    const cookies = response.headers.getSetCookie().filter((cookie) => cookie !== "");
    for (const cookie of cookies) {
      const [name = "", value = ""] = cookie.split(";")[0]!.split("=");
      if (cookie.includes("Max-Age=0")) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const json = /<output>(.*?)<\/output>/.exec(text)?.[1]?.replaceAll("&quot;", '"');
    const location = response.headers.get("location");
    return { status: response.status, location, cookies, text, seen: json && JSON.parse(json) };
  }

  async submit(fields: Readonly<Record<string, string>>, path = "/?index"): Promise<Visit> {
    const csrf = String((await this.visit("/", { headers: PREFETCH })).seen?.["csrf"]);
    return this.visit(path, { method: "POST", body: new URLSearchParams({ csrf, ...fields }) });
  }
}

const PREFETCH = { "sec-purpose": "prefetch" };
const TOKEN = /^__Host-session=[\w-]{81}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/;

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});

describe("the middleware", () => {
  it("gives a visitor no cookie, and asks the store for nothing", async () => {
    const { total } = await countCommands(redis.url, async () => {
      expect(await browser.visit("/")).toMatchObject({ cookies: [], seen: { csrf: "" } });
    });
    expect(total).toBe(0);
  });

  it("commits by itself: signing in, a flash that is seen once, signing out", async () => {
    const { status, location, cookies } = await browser.submit({ do: "sign in", user: "ada" });
    expect([status, location]).toEqual([302, "/"]);
    expect(cookies).toEqual([expect.stringMatching(TOKEN)]);
    const before = browser.cookies.get("__Host-session")!;
    expect((await browser.visit("/", { headers: PREFETCH })).seen).toMatchObject({ notice: "Done: sign in" });
    expect((await browser.visit("/")).seen).toMatchObject({ user: "ada", notice: "Done: sign in" });
    expect((await browser.visit("/")).seen).not.toHaveProperty("notice");
    await browser.submit({ do: "sign out" });
    expect((await browser.visit("/")).seen).toMatchObject({ notice: "Done: sign out" });
    expect((await browser.visit("/")).seen).not.toHaveProperty("user");
    browser.cookies.set("__Host-session", before);
    const late = await browser.visit("/");
    expect(late.seen).not.toHaveProperty("user");
    expect(late.cookies).toEqual([expect.stringContaining("Max-Age=0")]);
  });

  it("commits for the requests of React Router's own navigation, too", async () => {
    await browser.submit({ do: "sign in", user: "ada" });
    const { status, cookies } = await browser.submit({ do: "sign in", user: "bob" }, "/_.data?index");
    expect([status, cookies]).toEqual([202, [expect.stringMatching(TOKEN)]]);
    const { text } = await browser.visit("/_.data");
    expect(text).toContain("bob");
  });

  it("commits what was changed before a failure", async () => {
    expect((await browser.submit({ do: "fail", user: "ada" })).status).toBe(500);
    expect((await browser.visit("/")).seen).toMatchObject({ user: "ada", notice: "Done: fail" });
  });

  it("shares the sessions that other processes see", async () => {
    await browser.submit({ do: "sign in", user: "eve" });
    const backend = redisBackend(redis.url);
    const sessions = createSessions({ backend, namespace: "router" });
    expect(await sessions.list("eve")).toMatchObject([{ device: expect.any(String) }]);
    await sessions.revokeAll("eve");
    await backend.close();
    expect((await browser.visit("/")).seen).not.toHaveProperty("user");
    const forged = await browser.visit("/?index", {
      method: "POST",
      body: new URLSearchParams({ do: "sign in", user: "ada" }),
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(forged.status).toBe(403);
  });
});

describe("the storage", () => {
  it("begins one session for nested loaders of a new visitor, and loses nothing of either", async () => {
    const { cookies } = await browser.visit("/classic/page?write");
    expect(new Set(cookies)).toEqual(new Set([expect.stringMatching(/^__Host-classic=[\w-]{81};/)]));
    expect(await browser.visit("/classic")).toMatchObject({ cookies: [], seen: { root: 1, page: 1 } });
    await browser.visit("/classic/page?write");
    expect((await browser.visit("/classic")).seen).toEqual({ root: 2, page: 2 });
  });

  it("answers with an empty header where there is nothing to set, and forgets the cookie on demand", async () => {
    expect(await browser.visit("/classic/page")).toMatchObject({ status: 200, cookies: [], seen: {} });
    await browser.visit("/classic/page?write");
    const { cookies } = await browser.visit("/classic", { method: "POST" });
    expect(cookies).toEqual([expect.stringMatching(/^__Host-classic=; Max-Age=0;/)]);
    expect(browser.cookies.has("__Host-classic")).toBe(false);
  });
});
