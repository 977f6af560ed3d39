import { memoryBackend } from "@holdfast/adapter-memory";
import { ConfigurationError } from "@holdfast/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CookieOptions, createSessions, type SessionInput } from "../src/index.ts";
import { Browser, newSessions } from "./set-up.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function cookieOf(cookie: CookieOptions, input: SessionInput): Promise<string> {
  const sessions = createSessions<{ theme?: string }>({ backend: memoryBackend(), cookie });
  const session = await sessions.load(input);
  session.set("theme", "dark");
  return (await sessions.commitHeaders(session)).getSetCookie()[0]!.replace(/=[\w-]{81};/, "=TOKEN;");
}

describe("the cookie", () => {
  it.each<[CookieOptions, string]>([
    [{}, "__Host-session=TOKEN; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"],
    [{ sameSite: "strict" }, "__Host-session=TOKEN; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Strict"],
    [
      { domain: "example.com" },
      "__Secure-session=TOKEN; Max-Age=604800; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax",
    ],
    [{ path: "/app" }, "__Secure-session=TOKEN; Max-Age=604800; Path=/app; HttpOnly; Secure; SameSite=Lax"],
    [{ secure: false }, "session=TOKEN; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"],
    [{ name: "sid", sameSite: "none" }, "sid=TOKEN; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=None"],
    [
      { partitioned: true, sameSite: "none" },
      "__Host-session=TOKEN; Max-Age=604800; Path=/; HttpOnly; Secure; Partitioned; SameSite=None",
    ],
  ])("with %o is written as browsers accept it", async (options, expected) => {
    expect(await cookieOf(options, new Request("https://example.com"))).toBe(expected);
  });

  it.each<[CookieOptions, RegExp]>([
    [{ name: "__Host-sid", domain: "example.com" }, /only with secure: true, path: "\/" and no domain/],
    [{ name: "__Host-sid", path: "/app" }, /only with secure: true, path: "\/" and no domain/],
    [{ name: "__Host-sid", secure: false }, /only with secure: true/],
    [{ name: "__secure-sid", secure: false }, /only with secure: true/],
    [{ sameSite: "none", secure: false }, /sameSite: "none" only with secure: true/],
    [{ partitioned: true, secure: false }, /partitioned cookie only with secure: true/],
    [{ sameSite: "Lax" as "lax" }, /"lax", "strict" or "none"/],
    [{ path: "app" }, /must begin with "\/"/],
    [{ name: "a b" }, /characters that a Set-Cookie header cannot hold/],
    [{ name: "a\r\nSet-Cookie: b" }, /characters that a Set-Cookie header cannot hold/],
    [{ domain: "example.com; Secure" }, /characters that a Set-Cookie header cannot hold/],
    [{ path: "/\r\n" }, /characters that a Set-Cookie header cannot hold/],
  ])("with %o is refused, as browsers would drop it in silence", (cookie, message) => {
    expect(() => newSessions({ cookie })).toThrow(ConfigurationError);
    expect(() => newSessions({ cookie })).toThrow(message);
  });

  it("works over http://localhost in development, and says once what is different in production", async () => {
    const told = vi.spyOn(console, "info").mockImplementation(() => {});
    const expected = "session=TOKEN; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";
    expect(await cookieOf({}, new Request("http://localhost:3000/"))).toBe(expected);
    expect(await cookieOf({}, new Headers({ host: "127.0.0.1:5173" }))).toBe(expected);
    expect(await cookieOf({}, { headers: { host: "[::1]:80" } })).toBe(expected);
    expect(told.mock.calls[0]![0]).toMatch(
      /http:\/\/localhost.*"session" without Secure.*"__Host-session" with Secure/,
    );
    told.mockClear();
    const browser = new Browser(newSessions(), "http://localhost:3000/");
    await browser.visit((session) => session.set("theme", "dark"));
    await browser.visit((session) => session.rotate());
    expect(told).toHaveBeenCalledTimes(1);
    expect((await browser.load()).get("theme")).toBe("dark");
  });

  it.each<[string, SessionInput]>([
    ["another host", new Request("http://example.com")],
    ["https", new Request("https://localhost:3000")],
    ["a proxy that speaks https", new Headers({ host: "localhost:3000", "x-forwarded-proto": "https" })],
    ["a host that only begins so", new Headers({ host: "localhost.example.com" })],
    ["no host", "a=b"],
  ])("keeps Secure with %s", async (_name, input) => {
    expect(await cookieOf({}, input)).toMatch(/^__Host-session=TOKEN;.*Secure/);
  });

  it("keeps Secure in production, also on localhost", async () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(await cookieOf({}, new Request("http://localhost:3000"))).toMatch(/^__Host-session=TOKEN;.*Secure/);
  });
});

describe("cookies of the same name", () => {
  it("are all tried, whichever comes first", async () => {
    const backend = memoryBackend();
    const sessions = newSessions({ backend });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const mine = `__Host-session=${browser.token}`;
    const tossed = `__Host-session=${"x".repeat(81)}`;
    for (const header of [`${tossed}; ${mine}`, `${mine}; ${tossed}`, `a=b; __Host-session=; ${tossed};${mine}; c=d`]) {
      expect((await sessions.load(header)).get("theme")).toBe("dark");
    }
  });

  it("cost a bounded number of commands", async () => {
    const backend = memoryBackend();
    const tossed = Array.from({ length: 50 }, (_, index) => `__Host-session=${String(index).padStart(81, "x")}`);
    const session = await newSessions({ backend }).load(tossed.join("; "));
    expect([session.status, backend.stats().commands]).toEqual(["unknown", 4]);
  });

  it("are found in whatever holds a request's headers", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const cookie = `__Host-session=${browser.token}`;
    const inputs: SessionInput[] = [
      cookie,
      new Headers({ cookie }),
      new Request("https://example.com", { headers: { cookie } }),
      { headers: { cookie } },
      { headers: new Headers({ cookie }) },
    ];
    for (const input of inputs) expect((await sessions.load(input)).get("theme")).toBe("dark");
    for (const input of [undefined, null, "", new Headers(), { headers: {} }]) {
      expect((await sessions.load(input)).status).toBe("new");
    }
    const rejected = sessions.load(5 as unknown as SessionInput);
    await expect(rejected).rejects.toThrow(TypeError);
  });
});
