import { memoryBackend } from "@holdfast/adapter-memory";
import {
  InvalidKeyError,
  SerializationError,
  SessionConflictError,
  ValueTooLargeError,
  WrongTypeError,
} from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createSessions, type SessionEvent } from "../src/index.ts";
import { Browser, newSessions } from "./set-up.ts";

describe("a visitor", () => {
  it("who writes nothing costs no command and gets no cookie", async () => {
    const backend = memoryBackend();
    const browser = new Browser(newSessions({ backend }));
    const session = await browser.load();
    expect([session.isNew, session.status, session.id, session.userId]).toEqual([true, "new", undefined, undefined]);
    expect([session.get("theme"), session.all()]).toEqual([undefined, Object.create(null)]);
    const response = await browser.commit(session);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(backend.stats().commands).toBe(0);
  });

  it("who unsets, signs out or rotates has nothing to write either", async () => {
    const backend = memoryBackend();
    const browser = new Browser(newSessions({ backend }));
    await browser.visit((session) => {
      session.unset("theme");
      session.rotate();
      session.signOut();
    });
    expect([backend.stats().commands, browser.cookies.size]).toEqual([0, 0]);
  });

  it("who writes gets a cookie that browsers protect, and finds again what was written", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    const session = await browser.load();
    session.set("theme", "dark");
    const response = await browser.commit(session);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-session=[\w-]{81}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe("body");
    const next = await browser.load();
    expect([next.isNew, next.status, next.get("theme"), next.id]).toEqual([false, "active", "dark", session.id]);
  });
});

describe("commands of a request", () => {
  it("are 1 for an unchanged read, slide included, 2 for a change, 1 for a new session", async () => {
    const backend = memoryBackend();
    const browser = new Browser(newSessions({ backend }));
    const count = async (work: () => Promise<unknown>) => {
      const before = backend.stats().commands;
      await work();
      return backend.stats().commands - before;
    };
    expect(await count(() => browser.visit((session) => session.set("theme", "dark")))).toBe(1);
    expect(await count(() => browser.visit((session) => session.get("theme")))).toBe(1);
    expect(await count(() => browser.visit((session) => session.set("theme", "light")))).toBe(2);
    expect(await count(() => browser.visit((session) => session.set("theme", "light")))).toBe(1);
  });
});

describe("fields", () => {
  it("keep every kind of value, and hand out objects that cannot be changed by mistake", async () => {
    const sessions = createSessions<{ value?: unknown }>({ backend: memoryBackend() });
    const browser = new Browser(sessions as never);
    const values = [null, false, 0, "", "9007199254740993", 2n ** 70n, new Date(5), new Map([[1, new Set(["a"])]])];
    for (const value of values) {
      await browser.visit((session) => session.set("value" as never, value as never));
      expect(await browser.visit((session) => session.get("value" as never))).toEqual(value);
    }
    await browser.visit((session) => session.set("cart", ["a"]));
    const cart = await browser.visit((session) => session.get("cart"));
    expect(() => (cart as string[]).push("b")).toThrow(TypeError);
  });

  it("are read as they were recorded before they are sent", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("visits", 5));
    await browser.visit((session) => {
      expect(session.increment("visits")).toBe(6);
      expect(session.increment("visits", 4)).toBe(10);
      expect(session.get("visits")).toBe(10);
      session.set("theme", "dark");
      session.unset("theme");
      expect(session.get("theme")).toBe(undefined);
      session.set("visits", 1);
      expect(session.increment("visits")).toBe(2);
      session.unset("visits");
      expect(session.increment("visits", 7)).toBe(7);
      expect({ ...session.all() }).toEqual({ visits: 7 });
    });
    expect(await browser.visit((session) => ({ ...session.all() }))).toEqual({ visits: 7 });
  });

  it("refuse names and values that cannot be kept, before anything is sent", async () => {
    const backend = memoryBackend();
    const browser = new Browser(newSessions({ backend, maxBytes: 1_000 }));
    const session = await browser.load();
    for (const name of ["", "__proto__", "x".repeat(2_000), "\ud800", 5]) {
      expect(() => session.set(name as "theme", "x")).toThrow(InvalidKeyError);
      expect(() => session.flash(name as "theme", "x")).toThrow(InvalidKeyError);
    }
    expect(() => session.set("theme", (() => {}) as never)).toThrow(SerializationError);
    expect(() => session.increment("visits", 0.5)).toThrow(RangeError);
    expect(() => session.increment("visits", Number.NaN)).toThrow(RangeError);
    session.set("theme", "x".repeat(2_000));
    await expect(browser.commit(session)).rejects.toThrow(ValueTooLargeError);
    session.set("theme", "x");
    expect(() => session.increment("theme" as "visits")).toThrow(WrongTypeError);
    expect(backend.stats().commands).toBe(0);
  });

  it.each(["constructor", "toString", "save", "hasOwnProperty", "valueOf", "get", "id"])(
    "may be called %s",
    async (name) => {
      const browser = new Browser(newSessions());
      await browser.visit((session) => session.set(name as "theme", "kept"));
      const session = await browser.load();
      expect([session.get(name as "theme"), (session.all() as Record<string, unknown>)[name]]).toEqual([
        "kept",
        "kept",
      ]);
      expect(({} as Record<string, unknown>)[name]).not.toBe("kept");
    },
  );
});

describe("flash", () => {
  it("is there for one reading", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.flash("notice", "saved"));
    await browser.visit((session) => expect(session.get("theme")).toBe(undefined));
    expect(await browser.visit((session) => session.get("notice"))).toBe("saved");
    expect(await browser.visit((session) => session.get("notice"))).toBe(undefined);
  });

  it("is not eaten by a prefetch, nor shown twice by the page that set it", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.flash("notice", "saved"));
    for (const headers of [
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
      { "x-moz": "prefetch" },
      { "next-router-prefetch": "1" },
    ]) {
      expect(await browser.visit((session) => session.get("notice"), headers as Record<string, string>)).toBe("saved");
    }
    await browser.visit((session) => {
      session.flash("notice", "again");
      expect([session.get("notice"), session.get("notice")]).toEqual(["again", undefined]);
    });
    expect(await browser.visit((session) => session.get("notice"))).toBe(undefined);
  });

  it("of two requests at once may be shown by both, and neither fails", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.flash("notice", "saved"));
    const [one, other] = await Promise.all([browser.load(), browser.load()]);
    expect([one.get("notice"), other.get("notice")]).toEqual(["saved", "saved"]);
    await Promise.all([browser.commit(one), browser.commit(other)]);
    expect(await browser.visit((session) => session.get("notice"))).toBe(undefined);
  });
});

describe("signing in and out", () => {
  it("replaces the token and keeps what the visitor had", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("cart", ["book"]));
    const before = browser.clone();
    await browser.visit((session) => {
      session.signIn("ada", { device: "Laptop" });
      session.set("theme", "dark");
      expect(session.userId).toBe("ada");
    });
    expect(browser.token).not.toBe(before.token);
    const session = await browser.load();
    expect([session.userId, session.get("cart"), session.get("theme")]).toEqual(["ada", ["book"], "dark"]);
    const late = await before.load();
    expect([late.status, late.isNew, late.userId, late.get("cart")]).toEqual(["replaced", true, undefined, undefined]);
    late.set("theme", "late");
    const response = await before.commit(late);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect((await browser.load()).get("theme")).toBe("dark");
  });

  it("as another user begins with nothing of the first", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => {
      session.signIn("ada");
      session.set("cart", ["secret"]);
    });
    const ada = browser.clone();
    await browser.visit((session) => session.signIn("bob"));
    const session = await browser.load();
    expect([session.userId, session.get("cart")]).toEqual(["bob", undefined]);
    expect((await ada.load()).status).toBe("revoked");
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("again as the same user replaces the session in the list of devices", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => {
      session.signIn("ada", { device: "one" });
      session.set("theme", "dark");
    });
    await browser.visit((session) => session.signIn("ada", { device: "two" }));
    expect((await sessions.list("ada")).map(({ device }) => device)).toEqual(["two"]);
    expect((await browser.load()).get("theme")).toBe("dark");
  });

  it("twice at once, by a double click, signs in once for each", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("theme", "dark"));
    const [one, other] = [browser.clone(), browser.clone()];
    const loaded = [await one.load(), await other.load()];
    for (const session of loaded) session.signIn("ada");
    await Promise.all([one.commit(loaded[0]!), other.commit(loaded[1]!)]);
    expect([(await one.load()).userId, (await other.load()).userId]).toEqual(["ada", "ada"]);
    expect((await sessions.list("ada")).length).toBe(2);
  });

  it("out ends the session and makes the browser forget it; what is set afterwards begins another", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => {
      session.signIn("ada");
      session.set("cart", ["book"]);
    });
    const before = browser.clone();
    await browser.visit((session) => {
      session.signOut();
      expect([session.isNew, session.userId, session.get("cart")]).toEqual([true, undefined, undefined]);
      session.flash("notice", "Goodbye");
    });
    const session = await browser.load();
    expect([session.userId, session.get("notice"), session.get("cart")]).toEqual([undefined, "Goodbye", undefined]);
    expect((await before.load()).status).toBe("revoked");
    await before.visit((old) => old.destroy());
    expect(before.cookies.size).toBe(0);
  });

  it("refuses ids of users that are none", async () => {
    const session = await new Browser(newSessions()).load();
    for (const id of ["", 5, undefined, "x".repeat(2_000)])
      expect(() => session.signIn(id as string)).toThrow(InvalidKeyError);
  });
});

describe("rotation", () => {
  it("gives a new token; the old one reads for a while and changes nothing", async () => {
    const events: SessionEvent[] = [];
    const browser = new Browser(newSessions({ events: (event) => void events.push(event) }));
    await browser.visit((session) => {
      session.signIn("ada");
      session.set("theme", "dark");
    });
    const late = browser.clone();
    const id = (await browser.load()).id;
    await browser.visit((session) => {
      session.rotate();
      session.set("theme", "light");
    });
    expect(browser.token).not.toBe(late.token);
    expect((await browser.load()).id).toBe(id);
    const old = await late.load();
    expect([old.status, old.userId, old.get("theme")]).toEqual(["active", "ada", "light"]);
    old.set("theme", "late");
    old.rotate();
    await late.commit(old);
    expect(late.token).not.toBe(browser.token);
    expect((await browser.load()).get("theme")).toBe("light");
    expect(events.map(({ type }) => type)).toEqual(["rotated", "rotated", "discarded"]);
  });

  it("ends the whole session when the old token is used after its grace", async () => {
    let now = 1_000_000;
    const backend = memoryBackend({ clock: { now: () => now } });
    const browser = new Browser(newSessions({ backend, rotationGrace: "10s" }));
    await browser.visit((session) => session.signIn("ada"));
    const thief = browser.clone();
    await browser.visit((session) => session.rotate());
    now += 10_001;
    expect((await thief.load()).status).toBe("revoked");
    expect((await browser.load()).status).toBe("revoked");
  });
});

describe("conflicts", () => {
  it("are reported with the fields, and nothing of the request is written", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("theme", "dark"));
    const [one, other] = [await browser.load(), await browser.load()];
    one.set("theme", "light");
    other.set("theme", "blue");
    other.set("draft", "text");
    await browser.commit(one);
    const error = await browser.commit(other).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionConflictError);
    expect(error).toMatchObject({ code: "SESSION_CONFLICT", fields: ["theme"] });
    expect({ ...(await browser.load()).all() }).toEqual({ theme: "light" });
  });

  it("do not arise where requests change different fields, or count", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("visits", 1));
    const all = await Promise.all(Array.from({ length: 10 }, () => browser.load()));
    all[0]!.set("theme", "dark");
    all[1]!.set("draft", "text");
    for (const session of all) session.increment("visits");
    await Promise.all(all.map((session) => browser.commit(session)));
    expect({ ...(await browser.load()).all() }).toEqual({ theme: "dark", draft: "text", visits: 11 });
  });

  it("do not arise within one request that commits twice", async () => {
    const browser = new Browser(newSessions());
    const session = await browser.load();
    session.set("theme", "one");
    await browser.commit(session);
    session.set("theme", "two");
    session.increment("visits");
    await browser.commit(session);
    session.set("visits", 5);
    session.unset("theme");
    await browser.commit(session);
    expect({ ...(await browser.load()).all() }).toEqual({ visits: 5 });
  });
});

describe("a schema", () => {
  const schema = z.object({ theme: z.enum(["dark", "light"]).optional(), visits: z.number().default(0) });

  it("checks what is committed, before anything is written", async () => {
    const backend = memoryBackend();
    const browser = new Browser(newSessions({ backend, schema: schema as never }));
    const session = await browser.load();
    session.set("theme", "purple");
    await expect(browser.commit(session)).rejects.toMatchObject({ code: "VALIDATION" });
    expect(backend.stats().commands).toBe(0);
  });

  it("gives defaults, and lets data begin anew that it refuses", async () => {
    const backend = memoryBackend();
    const events: SessionEvent[] = [];
    const before = new Browser(newSessions({ backend }));
    await before.visit((session) => {
      session.signIn("ada");
      session.set("theme", "purple");
    });
    const browser = new Browser(newSessions({ backend, schema: schema as never, events: (e) => void events.push(e) }));
    browser.cookies.set("__Host-session", before.token!);
    const session = await browser.load();
    expect([session.userId, session.get("theme"), session.status]).toEqual(["ada", undefined, "active"]);
    expect(events).toEqual([
      { type: "invalid", id: session.id, error: expect.objectContaining({ code: "VALIDATION" }) },
    ]);
    session.set("theme", "dark");
    await browser.commit(session);
    const next = await browser.load();
    expect({ ...next.all() }).toEqual({ theme: "dark", visits: 0 });
    expect(next.get("visits")).toBe(0);
    const strict = newSessions({ backend, schema: z.object({ theme: z.number() }) as never, onInvalid: "throw" });
    await expect(strict.load(browser.request())).rejects.toMatchObject({ code: "VALIDATION" });
  });
});

describe("what is recorded while a commit is under way", () => {
  it("is left to the next one, and nothing is sent twice", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("visits", 1));
    const session = await browser.load();
    session.set("theme", "one");
    session.increment("visits", 10);
    const first = browser.commit(session);
    session.set("theme", "two");
    session.set("draft", "text");
    session.increment("visits", 100);
    const others = [browser.commit(session), browser.commit(session)];
    await Promise.all([first, ...others]);
    expect({ ...session.all() }).toEqual({ theme: "two", draft: "text", visits: 111 });
    expect({ ...(await browser.load()).all() }).toEqual({ theme: "two", draft: "text", visits: 111 });
  });

  it("may be the session's end, also of the one that is just being signed in", async () => {
    const sessions = newSessions();
    const browser = new Browser(sessions);
    const session = await browser.load();
    session.signIn("ada");
    const first = browser.commit(session);
    session.signOut();
    await first;
    const witness = browser.clone();
    await browser.commit(session);
    expect([browser.cookies.size, (await witness.load()).status, await sessions.list("ada")]).toEqual([
      0,
      "revoked",
      [],
    ]);
  });

  it("is kept where the commit fails", async () => {
    const browser = new Browser(newSessions({ maxBytes: 1_000 }));
    const session = await browser.load();
    session.set("theme", "x".repeat(2_000));
    const first = browser.commit(session);
    session.set("theme", "dark");
    await expect(first).rejects.toThrow(ValueTooLargeError);
    await browser.commit(session);
    expect((await browser.load()).get("theme")).toBe("dark");
  });
});

describe("a counter", () => {
  it("is after a commit what the store says", async () => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("visits", 1));
    const [one, other] = [await browser.load(), await browser.load()];
    one.increment("visits");
    other.increment("visits");
    await browser.commit(one);
    await browser.commit(other);
    expect([one.get("visits"), other.get("visits")]).toEqual([2, 3]);
  });
});

describe("a commit that comes too late says why", () => {
  it.each<[string, (browser: Browser) => Promise<unknown>]>([
    ["replaced", (browser) => browser.visit((session) => session.signIn("bob"))],
    ["replaced", (browser) => browser.visit((session) => session.rotate())],
    ["revoked", (browser) => browser.visit((session) => session.signOut())],
  ])("%s", async (status, visit) => {
    const browser = new Browser(newSessions());
    await browser.visit((session) => session.set("theme", "dark"));
    const late = await browser.load();
    await visit(browser.clone());
    late.set("theme", "late");
    const response = await browser.commit(late);
    expect([late.status, response.headers.getSetCookie()]).toEqual([status, []]);
  });
});
