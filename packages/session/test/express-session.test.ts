import type { SessionData } from "express-session";
import { describe, expect, it } from "vitest";
import { data, describeStore, json } from "./express-session-app.ts";
import { sleep } from "./set-up.ts";

describeStore("express-session", ({ events, start, storeOf }) => {
  it("does what any store does: visitors leave nothing, data is kept, sign-in renews the id, sign-out ends it", async () => {
    const { client } = await start();
    await client.fetch("/");
    expect(client.cookies.size).toBe(0);
    await client.fetch("/set", json({ cart: ["book"], theme: "dark" }));
    expect(await data(client)).toEqual({ cart: ["book"], theme: "dark" });
    const before = client.clone();
    await client.fetch("/sign-in", { method: "POST" });
    expect(client.cookies.get("connect.sid")).not.toBe(before.cookies.get("connect.sid"));
    expect([await data(client), await data(before)]).toEqual([{ user: "ada" }, {}]);
    const signedIn = client.clone();
    await client.fetch("/sign-out", { method: "POST" });
    expect(await data(signedIn)).toEqual({});
    expect(events).toEqual([]);
  });

  it("keeps values as JSON does, under any name", async () => {
    const odd = { toJSON: () => ({ made: "of JSON" }), skipped: () => {} };
    const { client } = await start(0, {}, (app) => {
      app.post("/odd", ({ session }, response) => {
        session.at = new Date(0);
        session.odd = odd;
        Object.assign(session, { nothing: null, dropped: undefined, "": "no name", constructor_: 1, "d:é": "é" });
        response.json("set");
      });
    });
    await client.fetch("/odd", { method: "POST" });
    expect(await data(client)).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      odd: { made: "of JSON" },
      nothing: null,
      "": "no name",
      constructor_: 1,
      "d:é": "é",
    });
  });

  describe("lifetimes", () => {
    it("are the cookie's, which uses move", async () => {
      const { client } = await start(0, { cookie: { maxAge: 400 } });
      await client.fetch("/set", json({ theme: "dark" }));
      for (let use = 0; use < 4; use += 1) {
        await sleep(150);
        expect(await data(client)).toEqual({ theme: "dark" });
      }
      const cookie = await (await client.fetch("/cookie")).json();
      expect(new Date(cookie.expires).getTime() - Date.now()).toBeGreaterThan(200);
      expect(cookie).toMatchObject({ path: "/", httpOnly: true });
      await sleep(600);
      expect(await data(client)).toEqual({});
    });

    it("are the store's for a cookie without, and end at the limit however much it is used", async () => {
      const { client } = await start(0, { store: { ttl: "1m", absoluteTimeout: 300 } });
      await client.fetch("/set", json({ theme: "dark" }));
      expect(await (await client.fetch("/cookie")).json()).toMatchObject({ originalMaxAge: null });
      const limit = Date.now() + 320;
      while (Date.now() < limit) await client.fetch("/");
      expect(await data(client)).toEqual({});
    });

    it("can be shortened, and an expired cookie ends the session", async () => {
      const { client } = await start(0, { cookie: { maxAge: 60_000 } }, (app) => {
        app.get("/max-age/:ms", ({ session, params }, response) => {
          session.cookie.maxAge = Number(params.ms);
          session.odd = params.ms;
          response.json("set");
        });
        app.get("/shorter", ({ session }, response) => {
          session.cookie.maxAge = 200;
          response.json("set");
        });
      });
      await client.fetch("/set", json({ theme: "dark" }));
      const other = client.clone();
      await client.fetch("/shorter");
      await sleep(300);
      expect(await data(other)).toEqual({});
      await client.fetch("/set", json({ theme: "dark" }));
      const again = client.clone();
      await client.fetch("/max-age/-1");
      expect(await data(again)).toEqual({});
    });
  });

  it("works by its methods alone, without a request", async () => {
    const [store, other] = [storeOf(0), storeOf(1)];
    const call = <T>(work: (done: (error: unknown, value?: T) => void) => void): Promise<T | undefined> =>
      new Promise((resolve, reject) => work((error, value) => (error ? reject(error) : resolve(value))));
    const get = (sid: string) => call<SessionData | null>((done) => store.get(sid, done));
    const plain = { cookie: { originalMaxAge: null }, theme: "dark" } as SessionData;
    expect(await get("a")).toBeNull();
    await call((done) => store.touch("a", plain, done));
    await call((done) => store.destroy("a", done));
    expect(await get("a")).toBeNull();
    await call((done) => store.set("a", plain, done));
    expect(await get("a")).toEqual(plain);
    expect(await get("A")).toBeNull();
    // A copy, of which nothing is known, is what the session is now.
    await call((done) => store.set("a", { ...plain, user: "ada" }, done));
    const { theme: _, ...copy } = (await get("a"))!;
    await call((done) => store.set("a", copy, done));
    expect(await get("a")).toEqual({ cookie: { originalMaxAge: null }, user: "ada" });
    // What was read of one session can be saved as another.
    const read = (await get("a"))!;
    await call((done) => store.set("b", read, done));
    await call((done) => other.destroy("a", done));
    for (const late of [read, { ...read }]) await call((done) => store.set("a", late, done));
    expect([await get("a"), await get("b")]).toEqual([null, read]);
    expect([...new Set(events.map(({ type }) => type))]).toEqual(["discarded"]);
  });
});
