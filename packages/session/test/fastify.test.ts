import { Readable } from "node:stream";
import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { startRedis } from "@holdfast/test-servers";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { holdfastSession } from "../src/fastify.ts";
import { createSessions, type Session, type SessionOptions, type Sessions } from "../src/index.ts";
import { Client } from "./http.ts";
import { type Data, newSessions, sleep } from "./set-up.ts";

declare module "fastify" {
  // What an application declares.
  interface FastifyRequest {
    session: Session<Data>;
  }
}

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

/** An application with sessions, and a client of it over HTTP. */
async function start(
  routes: (app: FastifyInstance, sessions: Sessions<Data>) => unknown,
  options: Partial<SessionOptions<Data>> = {},
) {
  const backend = memoryBackend();
  const sessions = newSessions({ backend, cookie: { secure: false }, ...options });
  const app = fastify({ forceCloseConnections: true });
  open.push(app);
  await app.register(holdfastSession, { sessions });
  await routes(app, sessions);
  app.get("/theme", async ({ session }) => ({ theme: session.get("theme") ?? null }));
  const client = new Client(await app.listen({ port: 0, host: "127.0.0.1" }));
  const theme = async () => (await (await client.fetch("/theme")).json()).theme;
  return { app, client, backend, sessions, theme };
}

describe("a session that is changed", () => {
  it.each<[string, () => unknown]>([
    ["an object", () => ({ some: "body" })],
    ["text", () => "body"],
    ["a stream", () => Readable.from(["bo", "dy"])],
    ["a web stream", () => new Blob(["body"]).stream()],
    ["a Response", () => new Response("body", { headers: { "set-cookie": "theirs=1" } })],
    ["an error", () => Promise.reject(new Error("as it should"))],
  ])("is saved before the response leaves, and its cookie set: %s", async (_name, reply) => {
    const { client, backend, theme } = await start((app) => {
      app.get("/", async ({ session }) => {
        session.set("theme", "dark");
        return reply();
      });
    });
    const before = backend.stats().commands;
    const response = await client.fetch("/");
    expect(backend.stats().commands - before).toBe(1);
    expect(response.headers.getSetCookie()).toContainEqual(expect.stringMatching(/^session=.*HttpOnly/));
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toContain(response.ok ? "body" : "as it should");
    expect(await theme()).toBe("dark");
  });

  it("has its cookie beside those of others, which also choose what is cached", async () => {
    const { client } = await start((app) => {
      app.addHook("onRequest", async (_request, reply) => void reply.raw.setHeader("set-cookie", "raw=1"));
      app.get("/", async ({ session }, reply) => {
        session.set("theme", "dark");
        return reply.header("set-cookie", ["one=1", "two=2"]).header("cache-control", "private").redirect("/theme");
      });
      app.get("/raw", async ({ session }) => {
        session.rotate();
        return "body";
      });
    });
    const names = (response: Response) => response.headers.getSetCookie().map((text) => text.split("=")[0]);
    const response = await client.fetch("/");
    expect([response.status, names(response)]).toEqual([302, ["one", "two", "session"]]);
    expect(response.headers.get("cache-control")).toBe("private");
    expect(names(await client.fetch("/raw"))).toEqual(["raw", "session"]);
  });

  it("is there in plugins, in hooks, where nothing is found, and without a server", async () => {
    const { app, client } = await start((instance) => {
      instance.register(async (child) => {
        child.addHook("preHandler", async ({ session }) => void session.increment("visits"));
        child.get("/child", async ({ session }) => ({ visits: session.get("visits") }));
      });
      instance.setNotFoundHandler(async ({ session }, reply) => {
        session.set("theme", "missing");
        return reply.code(404).send({ status: session.status });
      });
    });
    expect(await (await client.fetch("/child")).json()).toEqual({ visits: 1 });
    expect(await (await client.fetch("/nowhere")).json()).toEqual({ status: "active" });
    const injected = await app.inject("/child");
    expect([injected.json(), injected.cookies.length]).toEqual([{ visits: 1 }, 1]);
  });
});

describe("a response that nothing is to be saved for", () => {
  it("has no cookie, and the store is not asked", async () => {
    const { client, backend } = await start(() => {});
    const response = await client.fetch("/theme");
    expect([response.headers.getSetCookie(), response.headers.get("cache-control")]).toEqual([[], null]);
    expect(backend.stats().commands).toBe(0);
  });

  it("takes back a cookie that leads nowhere, also where another plugin replies first", async () => {
    const { client } = await start((app) => {
      app.get("/open", async () => "open");
      app.addHook("onRequest", (request, reply, done) => {
        if (request.url === "/closed") reply.code(503).send("closed");
        else done();
      });
    });
    client.cookies.set("session", "x".repeat(81));
    expect((await client.fetch("/closed")).status).toBe(503);
    expect(client.cookies.size).toBe(0);
  });
});

describe("a commit that fails", () => {
  const routes = (app: FastifyInstance, sessions: Sessions<Data>) => {
    app.get("/begin", async ({ session }) => {
      session.set("theme", "dark");
      return "body";
    });
    app.get("/conflict", async (request, reply) => {
      const other = await sessions.load(request.raw);
      other.set("theme", crypto.randomUUID());
      await sessions.commitHeaders(other);
      request.session.set("theme", "light");
      reply.code(201).headers({ location: "/done", "cache-control": "max-age=60", "x-own": "1" });
      return { done: true };
    });
    app.get("/stream", async (request) => {
      const other = await sessions.load(request.raw);
      other.set("theme", crypto.randomUUID());
      await sessions.commitHeaders(other);
      request.session.set("theme", "light");
      source = Readable.from(["body"]);
      return source;
    });
  };
  let source: Readable | undefined;

  it("is an error instead of the success that was to be sent, of which nothing is left", async () => {
    const { client } = await start(routes);
    await client.fetch("/begin");
    const response = await client.fetch("/conflict");
    expect([response.status, (await response.json()).code]).toEqual([500, "SESSION_CONFLICT"]);
    const { headers } = response;
    expect([headers.get("location"), headers.get("cache-control"), headers.get("x-own")]).toEqual([null, null, "1"]);
    expect((await client.fetch("/stream")).status).toBe(500);
    expect(source?.destroyed).toBe(true);
  });

  it("goes to the application's error handler, and is tried once", async () => {
    await using redis = await startRedis({ own: true });
    await using backend = redisBackend({ url: redis.url, commandTimeout: "1s" });
    const { client } = await start(
      (app, sessions) => {
        routes(app, sessions);
        app.get("/down", async ({ session }) => {
          session.set("theme", "light");
          await redis.stop();
          return "body";
        });
        app.setErrorHandler(async (error: { code?: string }) => {
          await sleep(1);
          return { handled: error.code };
        });
      },
      { backend },
    );
    await client.fetch("/begin");
    const response = await client.fetch("/down");
    expect([response.status, await response.json()]).toEqual([500, { handled: "BACKEND_UNAVAILABLE" }]);
    expect(await (await client.fetch("/theme")).json()).toEqual({ handled: "BACKEND_UNAVAILABLE" });
  });
});

describe("several sessions", () => {
  it("of two kinds are side by side, each with its cookie", async () => {
    const carts = newSessions({ namespace: "carts", cookie: { secure: false, name: "cart" } });
    const { client } = await start(async (app) => {
      await app.register(holdfastSession, { sessions: carts, property: "cart" });
      app.get("/", async (request) => {
        request.session.set("theme", "dark");
        return { visits: request.getDecorator<Session<Data>>("cart").increment("visits") };
      });
    });
    await client.fetch("/");
    expect([...client.cookies.keys()].toSorted()).toEqual(["cart", "session"]);
    expect(await (await client.fetch("/")).json()).toEqual({ visits: 2 });
  });

  it("cannot have the same property", async () => {
    const app = fastify();
    open.push(app);
    const others: Sessions<{ required: string }> = createSessions({ backend: memoryBackend() });
    app.register(holdfastSession, { sessions: others });
    app.register(holdfastSession, { sessions: newSessions() });
    await expect(app.ready()).rejects.toMatchObject({ code: "FST_ERR_DEC_ALREADY_PRESENT" });
  });
});
