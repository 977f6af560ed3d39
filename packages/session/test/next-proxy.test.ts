import { type NextFetchEvent, NextRequest, NextResponse } from "next/server.js";
import { describe, expect, it } from "vitest";
import { type ProxyHandler, sessionProxy } from "../src/next.ts";
import { Browser, type Data, newSessions } from "./set-up.ts";

const sessions = newSessions();
const event = {} as NextFetchEvent;

async function signedIn(): Promise<Browser> {
  const browser = new Browser(sessions);
  await browser.visit((session) => {
    session.signIn("ada");
    session.flash("notice", "saved");
  });
  return browser;
}

/** What a proxy answers, and the cookies with which the request goes on: `undefined` if Next is told of no change. */
async function proxied(handler: ProxyHandler<Data> | undefined, cookie?: string) {
  const request = new NextRequest("https://example.com/page", {
    headers: { accept: "text/html", ...(cookie && { cookie }) },
  });
  const response = await sessionProxy(sessions, handler)(request, event);
  const overridden = response.headers.get("x-middleware-override-headers")?.split(",");
  const forwarded = overridden?.map((name) => [name, response.headers.get(`x-middleware-request-${name}`)]);
  return { response, cookies: response.headers.getSetCookie(), forwarded: forwarded && Object.fromEntries(forwarded) };
}

/** The session that a forwarded Cookie header leads to. */
const load = (cookie: string) => sessions.load(new Headers({ cookie }));

describe("a proxy that changes nothing", () => {
  it("answers what its handler does, or goes on, with no header more", async () => {
    const answer = NextResponse.json({ a: 1 });
    expect((await proxied(() => answer)).response).toBe(answer);
    for (const handler of [undefined, () => {}, (_: unknown, session: { userId: unknown }) => void session.userId]) {
      const { response, cookies, forwarded } = await proxied(handler);
      expect([response.headers.get("x-middleware-next"), cookies, forwarded]).toEqual(["1", [], undefined]);
    }
  });

  it("leaves what is flashed to the page, although it reads it", async () => {
    const browser = await signedIn();
    const cookie = `__Host-session=${browser.token}`;
    await proxied((_request, session) => {
      expect([session.userId, session.get("notice"), session.get("notice")]).toEqual(["ada", "saved", "saved"]);
    }, cookie);
    expect((await load(cookie)).get("notice")).toBe("saved");
  });
});

describe("a proxy that changes the session", () => {
  it("lets a new visitor's page have it, beside the visitor's other cookies as they are", async () => {
    const { cookies, forwarded, response } = await proxied(
      (_request, session) => session.set("theme", "dark"),
      "a=%41; b; c=1=2",
    );
    expect(cookies).toHaveLength(1);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { cookie, accept } = forwarded!;
    expect([accept, cookie]).toEqual(["text/html", `a=%41; b; c=1=2; ${cookies[0]!.split(";")[0]}`]);
    expect((await load(cookie!)).get("theme")).toBe("dark");
  });

  it("puts the new cookie in the place of the old one", async () => {
    const browser = await signedIn();
    const { forwarded } = await proxied(
      (_request, session) => session.rotate(),
      `__Host-session=${browser.token}; a=1`,
    );
    expect(forwarded!["cookie"]).toMatch(/^a=1; __Host-session=[\w-]{81}$/);
    expect(forwarded!["cookie"]).not.toContain(browser.token);
    expect((await load(forwarded!["cookie"]!)).userId).toBe("ada");
  });

  it("takes the cookie away where it signs out", async () => {
    const browser = await signedIn();
    const { forwarded, cookies } = await proxied(
      (_request, session) => session.signOut(),
      `__Host-session=${browser.token}`,
    );
    expect([forwarded!["cookie"], cookies]).toEqual(["", [expect.stringContaining("Max-Age=0")]]);
  });

  it("adds to what its handler forwards and sets", async () => {
    const { forwarded, cookies } = await proxied((request, session) => {
      session.set("theme", "dark");
      const headers = new Headers(request.headers);
      headers.set("x-locale", "de");
      headers.set("cookie", "changed=1");
      headers.delete("accept");
      const response = NextResponse.next({ request: { headers } });
      response.headers.append("set-cookie", "own=1");
      return response;
    }, "given=1");
    const token = cookies[1]!.split(";")[0];
    expect(cookies[0]).toBe("own=1");
    expect(forwarded).toEqual({ "x-locale": "de", cookie: `changed=1; ${token}` });
  });

  it("forwards where it rewrites, and only sets the cookie where it answers by itself", async () => {
    const change = (response: Response): ProxyHandler<Data> => {
      return (_request, session) => {
        session.set("theme", "dark");
        return response;
      };
    };
    const rewrite = await proxied(change(NextResponse.rewrite("https://example.com/other")));
    expect(rewrite.response.headers.get("x-middleware-rewrite")).toBe("https://example.com/other");
    expect(rewrite.response.headers.has("x-middleware-next")).toBe(false);
    expect(rewrite.forwarded!["cookie"]).toMatch(/^__Host-session=/);
    for (const answer of [Response.redirect("https://example.com/"), NextResponse.json({}), new Response("text")]) {
      const { response, cookies, forwarded } = await proxied(change(answer));
      expect([response.status, cookies.length, forwarded]).toEqual([answer.status, 1, undefined]);
    }
  });

  it("sends nothing if it fails", async () => {
    const browser = await signedIn();
    const failing: ProxyHandler<Data> = (_request, session) => {
      session.signOut();
      throw new Error("as it should");
    };
    await expect(proxied(failing, `__Host-session=${browser.token}`)).rejects.toThrow("as it should");
    expect((await browser.load()).userId).toBe("ada");
  });
});
