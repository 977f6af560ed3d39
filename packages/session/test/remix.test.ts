import { memoryBackend } from "@holdfast/adapter-memory";
import { createCookie } from "@remix-run/cookie";
import { createRouter } from "@remix-run/fetch-router";
import { Session, type SessionStorage } from "@remix-run/session";
import { createMemorySessionStorage } from "@remix-run/session/memory-storage";
import { session as sessionMiddleware } from "@remix-run/session-middleware";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createHoldfastSessionStorage, holdfastSession } from "../src/remix.ts";
import { type Data, newSessions } from "./set-up.ts";

const secrets = ["s3cret"];
const newCookie = () => createCookie("__session", { secrets, httpOnly: true, secure: true, maxAge: 604_800 });

type Work = (session: Session) => unknown;

/** A browser in front of a Remix app whose handler does what it is told. */
class Visitor {
  readonly #router;
  #work: Work = () => {};
  cookie: string | undefined;

  constructor(storage: SessionStorage) {
    this.#router = createRouter({ middleware: [sessionMiddleware(newCookie(), storage)] });
    this.#router.get("/", async (context) => Response.json((await this.#work(context.get(Session))) ?? null));
  }

  async visit(work: Work): Promise<{ value: unknown; cookies: string[] }> {
    this.#work = work;
    const headers = this.cookie ? { cookie: this.cookie } : {};
    const response = await this.#router.fetch(new Request("https://example.com/", { headers }));
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) this.cookie = cookie.split(";")[0];
    return { value: await response.json(), cookies };
  }

  clone(storage: SessionStorage): Visitor {
    const copy = new Visitor(storage);
    copy.cookie = this.cookie;
    return copy;
  }
}

const newStorage = () => createHoldfastSessionStorage({ backend: memoryBackend() });

describe("Remix's session middleware on Holdfast", () => {
  it("keeps what is set, in a signed cookie that holds the token", async () => {
    const visitor = new Visitor(newStorage());
    expect((await visitor.visit((session) => session.get("theme"))).cookies).toEqual([]);
    const { cookies } = await visitor.visit((session) => {
      session.set("theme", "dark");
      session.set("visits", 1);
    });
    expect(cookies).toEqual([
      expect.stringMatching(/^__session=[^;]+; HttpOnly; Max-Age=604800; Path=\/; SameSite=Lax; Secure$/),
    ]);
    expect(await newCookie().parse(visitor.cookie!)).toMatch(/^[\w-]{81}$/);
    expect((await visitor.visit((session) => [session.get("theme"), session.data, session.size])).value).toEqual([
      "dark",
      [{ theme: "dark", visits: 1 }, {}],
      2,
    ]);
    const { value } = await visitor.visit((session) => {
      session.unset("theme");
      session.set("visits", null);
      return [session.has("theme"), session.has("visits"), session.dirty];
    });
    expect(value).toEqual([false, false, true]);
  });

  it("shows what is flashed to the next request that asks, as often as it asks", async () => {
    const visitor = new Visitor(newStorage());
    const { value } = await visitor.visit((session) => {
      session.flash("notice", "saved");
      return [session.has("notice"), session.get("notice") ?? null, session.data, session.size];
    });
    expect(value).toEqual([false, null, [{}, { notice: "saved" }], 0]);
    await visitor.visit((session) => session.get("theme"));
    const read: Work = (session) => [session.has("notice"), session.get("notice"), session.get("notice"), session.size];
    expect((await visitor.visit(read)).value).toEqual([true, "saved", "saved", 1]);
    expect((await visitor.visit(read)).value).toEqual([false, null, null, 0]);
    await visitor.visit((session) => session.flash("notice", "one"));
    const { value: both } = await visitor.visit((session) => {
      session.flash("notice", "two");
      return session.get("notice");
    });
    expect([both, (await visitor.visit(read)).value]).toEqual(["one", [true, "two", "two", 1]]);
  });

  it("survives requests side by side", async () => {
    const storage = newStorage();
    const visitor = new Visitor(storage);
    await visitor.visit((session) => session.set("draft", "text"));
    await Promise.all([
      visitor.clone(storage).visit((session) => session.set("theme", "dark")),
      visitor.clone(storage).visit((session) => session.set("visits", 1)),
    ]);
    expect((await visitor.visit((session) => session.data[0])).value).toEqual({
      draft: "text",
      theme: "dark",
      visits: 1,
    });
  });

  it("destroys for good", async () => {
    const storage = newStorage();
    const visitor = new Visitor(storage);
    await visitor.visit((session) => session.set("theme", "dark"));
    const old = visitor.clone(storage);
    const { value, cookies } = await visitor.visit((session) => {
      session.destroy();
      expect(() => session.set("theme", "light")).toThrow("destroyed");
      expect(() => session.regenerateId()).toThrow("destroyed");
      return [session.destroyed, session.has("theme"), session.get("theme") ?? null, session.size];
    });
    expect(value).toEqual([true, false, null, 0]);
    expect(cookies).toEqual([expect.stringMatching(/^__session=;/)]);
    const late = await old.visit((session) => session.get("theme"));
    expect(late.value).toBe(null);
  });
});

describe("regenerateId", () => {
  it("replaces the token, keeps the data, and leaves the old one without anything", async () => {
    const storage = newStorage();
    const visitor = new Visitor(storage);
    await visitor.visit((session) => session.set("cart", ["book"]));
    const thief = visitor.clone(storage);
    await visitor.visit((session) => {
      session.set("userId", "ada");
      session.regenerateId(true);
    });
    expect(visitor.cookie).not.toBe(thief.cookie);
    expect((await visitor.visit((session) => session.data[0])).value).toEqual({ cart: ["book"], userId: "ada" });
    expect((await thief.visit((session) => session.data[0])).value).toEqual({});
    expect((await visitor.visit((session) => session.get("userId"))).value).toBe("ada");
  });

  it("keeps who is signed in, and brings back nobody who was signed out meanwhile", async () => {
    const sessions = newSessions();
    const storage = createHoldfastSessionStorage(sessions);
    const visitor = new Visitor(storage);
    await visitor.visit((session) => holdfastSession(session).signIn("ada", { device: "Laptop" }));
    await visitor.visit((session) => session.regenerateId());
    expect(await sessions.list("ada")).toMatchObject([{ device: "Laptop" }]);
    await visitor.visit(async (session) => {
      session.set("theme", "late");
      session.regenerateId();
      await sessions.revokeAll("ada");
    });
    expect(await sessions.list("ada")).toEqual([]);
    expect((await visitor.visit((session) => [holdfastSession(session).status, session.data[0]])).value).toEqual([
      "revoked",
      {},
    ]);
  });

  it("of a replaced token gains nothing", async () => {
    const sessions = newSessions();
    const storage = createHoldfastSessionStorage(sessions);
    const visitor = new Visitor(storage);
    await visitor.visit((session) => holdfastSession(session).signIn("ada"));
    const old = visitor.clone(storage);
    await visitor.visit((session) => holdfastSession(session).rotate());
    const { cookies } = await old.visit((session) => session.regenerateId());
    expect([cookies, (await sessions.list("ada")).length]).toEqual([[], 1]);
  });
});

describe("holdfastSession", () => {
  it("gives the session below, and refuses another storage's", async () => {
    const sessions = newSessions();
    const visitor = new Visitor(createHoldfastSessionStorage(sessions));
    await visitor.visit((session) => {
      const below = holdfastSession<Data>(session);
      below.signIn("ada");
      below.increment("visits");
      expectTypeOf(below.get("cart")).toEqualTypeOf<readonly string[] | undefined>();
    });
    const { value } = await visitor.visit((session) => {
      const below = holdfastSession(session);
      return [below.userId, session.get("visits"), session.id === below.id];
    });
    expect(value).toEqual(["ada", 1, true]);
    await new Visitor(createMemorySessionStorage()).visit((session) => {
      expect(() => holdfastSession(session)).toThrow("not a session of Holdfast's storage");
    });
  });
});

describe("cookies that are not of this storage", () => {
  it.each(["", '{"i":"1","d":[{},{}]}', "a; __Host-session=b", "%00", "x".repeat(81), "\ud800"])(
    "begin anew: %j",
    async (value) => {
      const backend = memoryBackend();
      const storage = createHoldfastSessionStorage({ backend });
      const session = await storage.read(value);
      expect([session.id, session.data, backend.stats().commands]).toEqual(["", [{}, {}], value.length === 81 ? 1 : 0]);
    },
  );
});

it("the storage is Remix's by its type", () => {
  expectTypeOf(createHoldfastSessionStorage(newSessions())).toEqualTypeOf<SessionStorage>();
});
