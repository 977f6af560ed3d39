import { memoryBackend } from "@holdfast/adapter-memory";
import * as router from "react-router";
import { describe, expect, it } from "vitest";
import { createHoldfastSessionStorage, type RouterSession } from "../src/react-router.ts";
import { type AppRoute, frameworks, type Handler, type RouteArgs } from "./router-apps.ts";
import { type Data, newSessions } from "./set-up.ts";

const TOKEN = /^__Host-session=[\w-]{81}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/;

/** Keeps cookies as browsers do, which take an empty Set-Cookie header for none. */
class Visitor {
  readonly #handler: Handler;
  cookie: string | undefined;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  async visit(path: string, init: RequestInit = {}): Promise<{ status: number; page: unknown; cookies: string[] }> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("cookie", this.cookie);
    const response = await this.#handler(new Request(`https://example.com${path}`, { ...init, headers }));
    const cookies = response.headers.getSetCookie().filter((cookie) => cookie !== "");
    for (const cookie of cookies) this.cookie = cookie.includes("Max-Age=0") ? undefined : cookie.split(";")[0];
    return { status: response.status, page: JSON.parse((await response.text()) || "null"), cookies };
  }

  post(path: string): ReturnType<Visitor["visit"]> {
    return this.visit(path, { method: "POST", body: new URLSearchParams({ a: "1" }) });
  }
}

const newStorage = () => createHoldfastSessionStorage<Data>({ backend: memoryBackend() });
type Storage = ReturnType<typeof newStorage>;

/** As the documentation of React Router and Remix has it. */
const cookieOf = ({ request }: RouteArgs) => request.headers.get("Cookie");
const respond = async (value: unknown, cookie: Promise<string>) =>
  new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json", "Set-Cookie": await cookie } });

function loader(
  { getSession, commitSession }: Storage,
  work: (session: RouterSession<Data>) => unknown,
  input: (args: RouteArgs) => Request | string | null = cookieOf,
): NonNullable<AppRoute["loader"]> {
  return async (args) => {
    const session = await getSession(input(args));
    const value = await work(session);
    return respond(value ?? null, commitSession(session));
  };
}

describe.each(Object.entries(frameworks))("an app on %s", (_name, serve) => {
  it("keeps what it sets, and gives a visitor who sets nothing no cookie", async () => {
    const storage = newStorage();
    const visitor = new Visitor(
      serve(
        { loader: loader(storage, (session) => session.get("theme") ?? "none") },
        {
          loader: loader(storage, (session) => session.has("theme")),
          action: loader(storage, (session) => session.set("theme", "dark")),
        },
      ),
    );
    expect(await visitor.visit("/page")).toEqual({ status: 200, page: { root: "none", page: false }, cookies: [] });
    const posted = await visitor.post("/page");
    expect(posted.cookies).toEqual([expect.stringMatching(TOKEN)]);
    expect(await visitor.visit("/page")).toEqual({ status: 200, page: { root: "dark", page: true }, cookies: [] });
  });

  it("signs in and out, flashes once, and forgets the cookie", async () => {
    const storage = newStorage();
    const { getSession, destroySession } = storage;
    const visitor = new Visitor(
      serve(
        {
          loader: loader(storage, (session) => [session.userId, session.get("notice")]),
          action: async (args) => respond(null, destroySession(await getSession(cookieOf(args)))),
        },
        {
          action: loader(storage, (session) => {
            session.signIn("ada");
            session.flash("notice", "Welcome");
          }),
        },
      ),
    );
    await visitor.post("/page");
    const before = visitor.cookie;
    expect((await visitor.visit("/")).page).toEqual({ root: ["ada", "Welcome"] });
    expect((await visitor.visit("/")).page).toEqual({ root: ["ada", null] });
    expect((await visitor.post("/?index")).cookies).toEqual([expect.stringContaining("Max-Age=0")]);
    expect(visitor.cookie).toBe(undefined);
    visitor.cookie = before;
    expect((await visitor.visit("/")).page).toEqual({ root: [null, null] });
  });

  it("loses nothing of nested loaders that both commit", async () => {
    const storage = newStorage();
    const visitor = new Visitor(
      serve(
        { loader: loader(storage, (session) => session.set("theme", "dark")) },
        { loader: loader(storage, (session) => session.set("visits", 1)) },
      ),
    );
    visitor.cookie = (await cookieWith(storage, (session) => session.set("draft", "text"))).split(";")[0];
    expect(await visitor.visit("/page")).toMatchObject({ status: 200, cookies: [] });
    const session = await storage.getSession(visitor.cookie);
    expect({ ...session.data }).toEqual({ draft: "text", theme: "dark", visits: 1 });
  });
});

async function cookieWith(storage: Storage, work: (session: RouterSession<Data>) => unknown): Promise<string> {
  const session = await storage.getSession(null);
  work(session);
  return storage.commitSession(session);
}

describe("nested loaders that are given the request", () => {
  const nested = (storage: Storage, ...works: ((session: RouterSession<Data>) => unknown)[]) => {
    const [root, page] = works.map((work) => ({ loader: loader(storage, work, ({ request }) => request) }));
    return new Visitor(frameworks["React Router 8"]!(root!, page!));
  };

  it("begin one session for a new visitor, and only one", async () => {
    const storage = newStorage();
    const visitor = nested(
      storage,
      (session) => session.set("theme", "dark"),
      (session) => session.set("visits", 1),
    );
    const { cookies } = await visitor.visit("/page");
    expect(new Set(cookies).size).toBe(1);
    expect({ ...(await storage.getSession(visitor.cookie)).data }).toEqual({ theme: "dark", visits: 1 });
  });

  it("go on from each other's changes of the same field, rotation and sign-in", async () => {
    const storage = newStorage();
    const visitor = nested(
      storage,
      (session) => {
        session.signIn("ada");
        session.set("theme", "dark");
      },
      (session) => {
        session.rotate();
        session.set("theme", "light");
        session.set("visits", 1);
      },
    );
    visitor.cookie = (await cookieWith(storage, (session) => session.set("draft", "text"))).split(";")[0];
    expect((await visitor.visit("/page")).status).toBe(200);
    const session = await storage.getSession(visitor.cookie);
    expect(session.userId).toBe("ada");
    expect(session.data).toMatchObject({ draft: "text", visits: 1 });
  });

  it("bring nothing back of a session that one of them has ended", async () => {
    const storage = newStorage();
    const visitor = nested(
      storage,
      (session) => {
        session.signOut();
        session.set("theme", "dark");
      },
      (session) => session.set("draft", "secret"),
    );
    visitor.cookie = (await cookieWith(storage, (session) => session.signIn("ada"))).split(";")[0];
    await visitor.visit("/page");
    const session = await storage.getSession(visitor.cookie);
    expect([session.userId, { ...session.data }]).toEqual([undefined, { theme: "dark" }]);
  });
});

describe("commitSession", () => {
  it("gives the cookie again that the same session was given, and none for nothing", async () => {
    const { getSession, commitSession } = newStorage();
    const session = await getSession();
    expect(await commitSession(session)).toBe("");
    session.set("theme", "dark");
    const cookie = await commitSession(session);
    expect(cookie).toMatch(TOKEN);
    expect(await commitSession(session)).toBe(cookie);
    session.set("theme", "light");
    expect(await commitSession(session)).toBe(cookie);
    expect(await commitSession(await getSession(cookie))).toBe("");
  });

  it("asks the store for nothing where nothing changed", async () => {
    const backend = memoryBackend();
    const storage = createHoldfastSessionStorage<Data>({ backend });
    const cookie = await cookieWith(storage, (session) => session.set("cart", ["a"]));
    const session = await storage.getSession(cookie);
    const before = backend.stats().commands;
    expect(session.get("cart")).toEqual(["a"]);
    expect(await storage.commitSession(session)).toBe("");
    expect(backend.stats().commands).toBe(before);
  });

  it("refuses a session that is not the storage's", async () => {
    const { commitSession, destroySession } = createHoldfastSessionStorage({ backend: memoryBackend() });
    const other = router.createSession();
    await expect(commitSession(other)).rejects.toThrow("Pass what getSession() returned");
    await expect(destroySession(other)).rejects.toThrow("Pass what getSession() returned");
  });
});

describe("a session", () => {
  it("is one to React Router, with its names for what is flashed", async () => {
    const storage = newStorage();
    const cookie = await cookieWith(storage, (session) => {
      expect(session.id).toBe("");
      expect(router.isSession(session)).toBe(true);
      session.set("theme", "dark");
      session.flash("notice", "saved");
    });
    const session = await storage.getSession(cookie);
    expect(session.id).toBe(session.inner.id);
    expect({ ...session.data }).toEqual({ theme: "dark", __flash_notice__: "saved" });
    expect([session.has("theme"), session.has("notice"), session.has("cart")]).toEqual([true, true, false]);
    expect([session.get("notice"), session.has("notice"), session.get("notice")]).toEqual(["saved", false, undefined]);
    session.unset("theme");
    session.set("visits", 1);
    session.set("visits", undefined);
    expect({ ...session.data }).toEqual({});
  });

  it("notices objects that were changed in place, unless another value took their place", async () => {
    const storage = createHoldfastSessionStorage<{ cart?: string[]; list?: string[]; flashed?: string[] }>({
      backend: memoryBackend(),
    });
    const session = await storage.getSession();
    session.set("cart", ["a"]);
    session.set("list", ["a"]);
    session.flash("flashed", ["a"]);
    const next = await storage.getSession(await storage.commitSession(session));
    next.get("cart")?.push("b");
    expect(next.get("cart")).toEqual(["a", "b"]);
    next.get("list")?.push("b");
    next.set("list", ["c"]);
    next.get("flashed")?.push("b");
    next.signIn("ada");
    next.get("cart")?.push("c");
    const last = await storage.getSession(await storage.commitSession(next));
    expect({ ...last.data }).toEqual({ cart: ["a", "b", "c"], list: ["c"] });
    last.get("cart")?.push("of ada");
    last.signIn("bob");
    expect({ ...last.data }).toEqual({});
  });

  it("is the session of the sessions it was made with", async () => {
    const sessions = newSessions();
    const { getSession, commitSession } = createHoldfastSessionStorage(sessions);
    const session = await getSession();
    session.signIn("ada", { device: "Laptop" });
    await commitSession(session);
    const token = await session.inner.csrfToken();
    expect(await sessions.verifyCsrf(session.inner, token)).toBe(true);
    expect(await sessions.list("ada", { current: session.inner })).toMatchObject([{ device: "Laptop", current: true }]);
    await sessions.revokeAll("ada");
    expect((await getSession(await commitSession(session))).status).toBe("revoked");
  });

  it("of a prefetch keeps what is flashed, if the request was given", async () => {
    const storage = newStorage();
    const cookie = (await cookieWith(storage, (session) => session.flash("notice", "saved"))).split(";")[0]!;
    const prefetch = new Request("https://example.com", { headers: { cookie, "sec-purpose": "prefetch" } });
    const session = await storage.getSession(prefetch);
    expect(session.get("notice")).toBe("saved");
    expect(await storage.commitSession(session)).toBe("");
    expect((await storage.getSession(cookie)).get("notice")).toBe("saved");
  });
});
