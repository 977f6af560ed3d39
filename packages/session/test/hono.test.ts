import type { Server } from "node:http";
import { memoryBackend } from "@holdfast/adapter-memory";
import type { SessionStore } from "@holdfast/core";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { streamText } from "hono/streaming";
import { afterEach, describe, expect, it } from "vitest";
import { session } from "../src/hono.ts";
import { Client, type Listening, listening } from "./http.ts";
import { type Data, newSessions, sleep } from "./set-up.ts";

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(app: { fetch: Hono["fetch"] }): Promise<Client> {
  const server = await listening(createAdaptorServer({ fetch: app.fetch }) as Server);
  open.push(server);
  return new Client(server.url);
}

/** An application with sessions; further routes are typed as its. */
function newApp(backend = memoryBackend()) {
  const sessions = newSessions({ backend, cookie: { secure: false } });
  const carts = newSessions({ backend, namespace: "carts", cookie: { secure: false, name: "cart" } });
  const app = new Hono()
    .use(session(sessions), session(carts, { variable: "cart" }))
    .get("/theme", (c) => c.json({ theme: c.var.session.get("theme") ?? null }))
    .get("/set", (c) => {
      c.get("session").set("theme", "dark");
      return c.text("body");
    });
  return { app, sessions, backend };
}

describe("a session that is changed", () => {
  it.each<[string, (app: ReturnType<typeof newApp>["app"]) => unknown]>([
    [
      "text",
      (app) =>
        app.get("/", (c) => {
          c.var.session.set("theme", "dark");
          return c.text("body");
        }),
    ],
    [
      "a redirect",
      (app) =>
        app.get("/", (c) => {
          c.var.session.set("theme", "dark");
          return c.redirect("/theme");
        }),
    ],
    [
      "headers that cannot be changed",
      (app) =>
        app.get("/", (c) => {
          c.var.session.set("theme", "dark");
          return Response.redirect("http://localhost/theme");
        }),
    ],
    [
      "a stream",
      (app) =>
        app.get("/", (c) => {
          c.var.session.set("theme", "dark");
          return streamText(c, async (stream) => {
            await stream.write("bo");
            await sleep(5);
            await stream.write("dy");
          });
        }),
    ],
    [
      "an error",
      (app) =>
        app
          .onError((_error, c) => c.text("handled", 500))
          .get("/", (c) => {
            c.var.session.set("theme", "dark");
            throw new Error("as it should");
          }),
    ],
    [
      "nothing found",
      (app) =>
        app.notFound((c) => {
          c.var.session.set("theme", "dark");
          return c.text("nothing here", 404);
        }),
    ],
  ])("is saved before the response leaves, and its cookie set: %s", async (_name, route) => {
    const { app, backend } = newApp();
    route(app);
    const client = await serve(app);
    const response = await client.fetch("/");
    expect(backend.stats().commands).toBe(1);
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^session=.*HttpOnly/)]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await (await client.fetch("/theme")).json()).toEqual({ theme: "dark" });
  });

  it("has its cookie beside those of others, which also choose what is cached", async () => {
    const { app } = newApp();
    app.get("/both", (c) => {
      c.var.cart.increment("visits");
      c.var.session.set("theme", "dark");
      setCookie(c, "own", "1");
      c.header("cache-control", "private");
      return c.json(c.var.cart.get("visits") ?? null);
    });
    const client = await serve(app);
    const response = await client.fetch("/both");
    expect(response.headers.get("cache-control")).toBe("private");
    expect([...client.cookies.keys()].toSorted()).toEqual(["cart", "own", "session"]);
    expect(await client.text("/both")).toBe("2");
  });

  it("works without a server, as on every runtime with Request and Response", async () => {
    const { app } = newApp();
    const response = await app.request("/set");
    const [cookie = ""] = response.headers.getSetCookie();
    expect(await response.text()).toBe("body");
    const read = await app.request("/theme", { headers: { cookie: cookie.split(";")[0]! } });
    expect(await read.json()).toEqual({ theme: "dark" });
  });
});

describe("a response that nothing is to be saved for", () => {
  it("has no cookie, and the store is not asked", async () => {
    const { app, backend } = newApp();
    const response = await (await serve(app)).fetch("/theme");
    expect([response.headers.getSetCookie(), response.headers.get("cache-control")]).toEqual([[], null]);
    expect(backend.stats().commands).toBe(0);
  });

  it("takes back a cookie that leads nowhere", async () => {
    const client = await serve(newApp().app);
    client.cookies.set("session", "x".repeat(81));
    await client.fetch("/theme");
    expect(client.cookies.size).toBe(0);
  });
});

describe("a commit that fails", () => {
  it("goes to onError instead of the success that was to be sent, of which nothing is left", async () => {
    const { app, sessions } = newApp();
    const cancelled: boolean[] = [];
    const conflict = async (request: Request) => {
      const other = await sessions.load(request);
      other.set("theme", crypto.randomUUID());
      await sessions.commitHeaders(other);
    };
    app.get("/conflict", async (c) => {
      await conflict(c.req.raw);
      c.var.session.set("theme", "light");
      c.header("x-own", "1");
      c.status(201);
      c.header("cache-control", "max-age=60");
      return c.redirect("/done");
    });
    app.get("/stream", async (c) => {
      await conflict(c.req.raw);
      c.var.session.set("theme", "light");
      return c.body(new ReadableStream({ cancel: () => void cancelled.push(true) }), 200, { etag: '"1"' });
    });
    app.onError((error, c) => {
      c.header("x-handled", "1");
      return c.json({ code: (error as { code?: string }).code });
    });
    const client = await serve(app);
    await client.fetch("/set");
    const response = await client.fetch("/conflict");
    expect([response.status, await response.json()]).toEqual([500, { code: "SESSION_CONFLICT" }]);
    const { headers } = response;
    expect([headers.get("location"), headers.get("cache-control")]).toEqual([null, null]);
    expect([headers.get("x-own"), headers.get("x-handled")]).toEqual(["1", "1"]);
    const streamed = await client.fetch("/stream");
    expect([streamed.status, streamed.headers.get("etag"), cancelled]).toEqual([500, null, [true]]);
  });

  it("is tried once", async () => {
    const tried: string[] = [];
    const down = {
      async create() {
        tried.push("create");
        throw new Error("down");
      },
    };
    const sessions = newSessions({ backend: { name: "down", sessions: down as unknown as SessionStore } });
    const app = new Hono().use(session(sessions)).get("/", (c) => {
      c.var.session.set("theme", "dark");
      return c.text("body");
    });
    app.onError((error, c) => c.text(error.message, 503));
    const response = await (await serve(app)).fetch("/");
    expect([response.status, await response.text(), tried]).toEqual([503, "down", ["create"]]);
  });
});

it("the variable has the session's type", () => {
  const typed = new Hono().use(session(newSessions(), { variable: "visitor" })).get("/", (c) => {
    const theme: string | undefined = c.var.visitor.get("theme");
    // @ts-expect-error No such field.
    c.var.visitor.set("colour", "red");
    const data: Partial<Data> = c.get("visitor").all();
    return c.json({ theme: theme ?? null, data });
  });
  expect(typed.routes).not.toHaveLength(0);
});
