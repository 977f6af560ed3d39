import { createReadStream } from "node:fs";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { memoryBackend } from "@holdfast/adapter-memory";
import { ConfigurationError, SessionConflictError, type SessionStore } from "@holdfast/core";
import express, { type Express as App, type ErrorRequestHandler, type Request, type Response } from "express";
import { afterEach, describe, expect, it } from "vitest";
import { CsrfError, csrfProtection, sessionMiddleware, sessionOf } from "../src/express.ts";
import type { Session, Sessions } from "../src/index.ts";
import { Client, type Listening, listen } from "./http.ts";
import { type Data, newSessions, sleep } from "./set-up.ts";

declare global {
  namespace Express {
    // What an application declares for `request.session`; here under a name that no other test declares.
    interface Request {
      visitor: Session<Data>;
    }
  }
}

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** An application with sessions, and a client of it. */
async function start(
  routes: (app: App, sessions: Sessions<Data>) => void,
  { store, onError }: { store?: (real: SessionStore) => Partial<SessionStore>; onError?: ErrorRequestHandler } = {},
) {
  const backend = memoryBackend();
  const commits: string[] = [];
  const real = backend.sessions;
  const counted: SessionStore = new Proxy(real, {
    get(target, name: keyof SessionStore) {
      const replaced = store?.(real)[name] as typeof target.load | undefined;
      const method = (replaced ?? target[name].bind(target)) as typeof target.load;
      return (...args: Parameters<typeof target.load>) => {
        if (name !== "load") commits.push(name);
        return method(...args);
      };
    },
  });
  const sessions = newSessions({ backend: { name: "memory", sessions: counted }, cookie: { secure: false } });
  const errors: unknown[] = [];
  const app = express();
  app.use(sessionMiddleware(sessions, { property: "visitor" }));
  routes(app, sessions);
  app.use(((error, request, response, next) => {
    errors.push(error);
    if (onError) onError(error, request, response, next);
    else if (response.headersSent) next(error);
    else response.status(500).json({ code: error.code ?? "ERROR" });
  }) satisfies ErrorRequestHandler);
  const server = await listen(app);
  open.push(server);
  return { url: server.url, client: new Client(server.url), sessions, commits, errors };
}

const endings: Record<string, (response: Response) => unknown> = {
  "res.send": (response) => response.send("body"),
  "res.end with a callback": (response) => response.end("body", () => {}),
  "res.write and res.end": (response) => {
    response.write("bo");
    response.write("dy");
    response.end();
  },
  "res.writeHead and res.end": (response) => response.writeHead(200, { "x-own": "1" }).end("body"),
  "res.flushHeaders, a pause, and res.end": async (response) => {
    response.flushHeaders();
    await sleep(5);
    response.end("body");
  },
  "a pipe": (response) => Readable.from(["bo", "dy"]).pipe(response),
  "a pipeline": (response) => pipeline(Readable.from(["bo", "dy"]), response),
};

describe("a session that is changed", () => {
  it.each(Object.entries(endings))(
    "is saved once, and its cookie set, however the response is sent: %s",
    async (_name, end) => {
      const { client, commits } = await start((app) => {
        app.get("/", async (request, response) => {
          request.visitor.set("theme", "dark");
          await end(response);
        });
        app.get("/theme", (request, response) => void response.json(request.visitor.get("theme") ?? null));
      });
      const response = await client.fetch("/");
      expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^session=.*HttpOnly/)]);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.text()).toBe("body");
      expect(commits).toEqual(["create"]);
      expect(await client.text("/theme")).toBe('"dark"');
    },
  );

  it("is saved before the response leaves: the next request finds it", async () => {
    const { client } = await start(
      (app) => {
        app.get("/sign-in", (request, response) => {
          request.visitor.signIn("ada");
          response.redirect(303, "/me");
        });
        app.get("/me", (request, response) => void response.json(request.visitor.userId ?? null));
      },
      { store: (real) => ({ create: (...args) => sleep(20).then(() => real.create(...args)) }) },
    );
    const response = await client.fetch("/sign-in");
    expect([response.status, response.headers.get("location")]).toEqual([303, "/me"]);
    expect(await client.text("/me")).toBe('"ada"');
  });

  it("has its cookie beside those of the application, which also chooses what is cached", async () => {
    const { client } = await start((app) => {
      app.get("/set", (request, response) => {
        request.visitor.set("theme", "dark");
        response.cookie("one", "1").set("cache-control", "private").send();
      });
      app.get("/written", (request, response) => {
        request.visitor.rotate();
        response.cookie("lost", "as without sessions: writeHead replaces it");
        response.writeHead(201, "Made", { "set-cookie": ["two=2", "three=3"], "cache-control": "private" }).end();
      });
      app.get("/list", (request, response) => {
        request.visitor.rotate();
        response.writeHead(200, ["set-cookie", "four=4", "set-cookie", "five=5"]).end();
      });
    });
    const names = (response: globalThis.Response) => response.headers.getSetCookie().map((text) => text.split("=")[0]);
    const set = await client.fetch("/set");
    expect([names(set), set.headers.get("cache-control")]).toEqual([["one", "session"], "private"]);
    const written = await client.fetch("/written");
    expect([names(written), written.headers.get("cache-control")]).toEqual([["two", "three", "session"], "private"]);
    expect([written.status, written.statusText]).toEqual([201, "Made"]);
    expect(names(await client.fetch("/list"))).toEqual(["four", "five", "session"]);
  });

  it("streams a large file through a pipe, with back-pressure", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    let made = 0;
    const { client } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.set("theme", "dark");
        const source = new Readable({
          read() {
            made += 1;
            this.push(made > 160 ? null : chunk);
          },
        });
        source.pipe(response);
      });
      app.get("/file", (request, response) => {
        request.visitor.increment("visits");
        createReadStream(import.meta.filename).pipe(response);
      });
      app.get("/send-file", (request, response) => {
        request.visitor.increment("visits");
        response.sendFile(import.meta.filename);
      });
    });
    expect((await (await client.fetch("/")).arrayBuffer()).byteLength).toBe(160 * chunk.length);
    expect(await client.text("/file")).toContain("with back-pressure");
    expect(await client.text("/send-file")).toContain("with back-pressure");
  });

  it("is saved for an error's response too", async () => {
    const { client } = await start((app) => {
      app.get("/", (request) => {
        request.visitor.increment("visits");
        throw new Error("as it should");
      });
      app.get("/visits", (request, response) => void response.json(request.visitor.get("visits") ?? null));
    });
    expect((await client.fetch("/")).status).toBe(500);
    expect(await client.text("/visits")).toBe("1");
  });
});

describe("a response that nothing is to be saved for", () => {
  it("leaves at once, with no cookie and no call of the store", async () => {
    const sent: boolean[] = [];
    const { client, commits } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.get("theme");
        response.write("body");
        sent.push(response.headersSent);
        response.end();
        sent.push(response.writableEnded);
      });
    });
    const response = await client.fetch("/");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get("cache-control")).toBeNull();
    expect([sent, commits]).toEqual([[true, true], []]);
  });

  it("takes back a cookie that leads nowhere", async () => {
    const { client, commits, errors } = await start((app) => {
      app.get("/", (_request, response) => {
        response.write("bo");
        setTimeout(() => response.end("dy"), 5);
      });
    });
    client.cookies.set("session", "x".repeat(81));
    expect(await client.text("/")).toBe("body");
    expect([client.cookies.size, commits, errors]).toEqual([0, [], []]);
  });
});

describe("what is changed once the body has begun", () => {
  it("is saved before it ends", async () => {
    const { client, commits } = await start((app) => {
      app.get("/begin", (request, response) => {
        request.visitor.set("theme", "dark");
        response.send();
      });
      app.get("/late", async (request, response) => {
        response.write("be");
        await sleep(10);
        request.visitor.increment("visits");
        response.end("gun");
      });
      app.get("/visits", (request, response) => void response.json(request.visitor.get("visits") ?? null));
    });
    await client.fetch("/begin");
    expect(await client.text("/late")).toBe("begun");
    expect(await client.text("/visits")).toBe("1");
    expect(commits).toEqual(["create", "commit"]);
  });

  it("and needs a new cookie breaks the response off, with an error that says so", async () => {
    const { client, errors } = await start((app) => {
      app.get("/", async (request, response) => {
        response.write("be");
        await sleep(10);
        request.visitor.signIn("ada");
        response.end("gun");
      });
    });
    const response = await client.fetch("/");
    await expect(response.text()).rejects.toThrow();
    expect(errors).toEqual([expect.any(ConfigurationError)]);
  });

  it("in the same turn still belongs to the headers", async () => {
    const { client } = await start((app) => {
      app.get("/", (request, response) => {
        request.visitor.set("theme", "dark");
        response.write("body");
        request.visitor.signIn("ada");
        response.end();
      });
      app.get("/me", (request, response) => void response.json(request.visitor.userId ?? null));
    });
    expect(await client.text("/")).toBe("body");
    expect(await client.text("/me")).toBe('"ada"');
  });
});

describe("a commit that fails", () => {
  it("is an error instead of the success that was to be sent, of which nothing is left", async () => {
    const { client, sessions, errors } = await start((app) => {
      app.get("/begin", (request, response) => {
        request.visitor.set("theme", "dark");
        response.send();
      });
      app.get("/conflict", async (request, response) => {
        const other = await sessions.load(request);
        other.set("theme", "blue");
        await sessions.commitHeaders(other);
        request.visitor.set("theme", "light");
        response
          .status(201)
          .set({ location: "/done", "cache-control": "max-age=60", etag: '"1"', "x-own": "1" })
          .json("done");
      });
    });
    await client.fetch("/begin");
    const response = await client.fetch("/conflict");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ code: "SESSION_CONFLICT" });
    const { headers } = response;
    expect([headers.get("location"), headers.get("cache-control")]).toEqual([null, null]);
    expect([headers.get("etag"), headers.get("x-own")]).toEqual([expect.not.stringMatching(/^"1"$/), "1"]);
    expect(errors).toEqual([expect.any(SessionConflictError)]);
  });

  const down = { store: () => ({ create: () => Promise.reject(new Error("down")) }) };

  it.each(Object.entries(endings))("goes to the error handlers, and is tried once: %s", async (_name, end) => {
    const { client, commits, errors } = await start((app) => {
      app.get("/", async (request, response) => {
        request.visitor.set("theme", "dark");
        await Promise.race([end(response), sleep(50)]);
      });
    }, down);
    const response = await client.fetch("/");
    expect([response.status, await response.json()]).toEqual([500, { code: "ERROR" }]);
    expect([commits, errors]).toEqual([["create"], [new Error("down")]]);
  });

  it("reaches Express's own error page", async () => {
    const { client } = await start(
      (app) => {
        app.get("/", (request, response) => {
          request.visitor.set("theme", "dark");
          response.json({ ok: true });
        });
      },
      { ...down, onError: (error, _request, _response, next) => next(error) },
    );
    const response = await client.fetch("/");
    expect([response.status, response.headers.get("content-type")]).toEqual([500, "text/html; charset=utf-8"]);
  });

  it("does not let a handler that goes on writing end the process", async () => {
    const { client } = await start((app) => {
      app.get("/", async (request, response) => {
        request.visitor.set("theme", "dark");
        for (let part = 0; part < 20; part += 1) {
          response.write("part");
          await undefined;
        }
        response.end();
        response.write("after the end");
      });
    }, down);
    expect((await client.fetch("/")).status).toBe(500);
    expect((await client.fetch("/")).status).toBe(500);
  });
});

describe("mistakes of a handler while its response is held back", () => {
  const routes = (app: App) => {
    app.get("/twice", (request, response) => {
      request.visitor.set("theme", "dark");
      response.json({ answer: "first" });
      response.status(404).type("text").send("a second and much longer answer");
    });
    app.get("/then-throws", (request, response) => {
      request.visitor.set("theme", "dark");
      response.json({ answer: "first" });
      throw new Error("as it should");
    });
    app.get("/begins-then-throws", (request, response) => {
      request.visitor.set("theme", "dark");
      response.write("begun");
      throw new Error("as it should");
    });
    app.get("/no-chunk", (request, response) => {
      request.visitor.set("theme", "dark");
      response.end(7 as never);
    });
  };

  it("a first answer that is complete is the one that is sent", async () => {
    const { client } = await start(routes);
    for (const path of ["/twice", "/then-throws"]) {
      const response = await client.fetch(path);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
      expect(await response.json()).toEqual({ answer: "first" });
    }
  });

  it("a body that has begun is broken off", async () => {
    const { client } = await start(routes);
    await expect(client.text("/begins-then-throws")).rejects.toThrow();
  });

  it("what Node refuses to send is an error", async () => {
    const { client, errors } = await start(routes);
    expect((await client.fetch("/no-chunk")).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" })]);
    expect(await client.text("/twice")).toContain("first");
  });
});

it("a client that goes away while its session is being saved harms nobody", async () => {
  let saved = 0;
  const { client, url } = await start(
    (app) => {
      app.get("/end", (request, response) => {
        request.visitor.set("theme", "dark");
        response.json({ ok: true });
      });
      app.get("/pipe", (request, response) => {
        request.visitor.set("theme", "dark");
        Readable.from(Array.from({ length: 50 }, () => "part")).pipe(response);
      });
      app.get("/", (_request, response) => void response.send("here"));
    },
    {
      store: (real) => ({
        async create(...args) {
          await sleep(50);
          saved += 1;
          return real.create(...args);
        },
      }),
    },
  );
  for (const path of ["/end", "/pipe"]) {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await sleep(20);
    socket.destroy();
  }
  await expect.poll(() => saved).toBe(2);
  await sleep(20);
  expect(await client.text("/")).toBe("here");
});

describe("several sessions", () => {
  it("of two kinds are side by side, each with its cookie", async () => {
    const carts = newSessions({ namespace: "carts", cookie: { secure: false, name: "cart" } });
    const { client } = await start((app, sessions) => {
      app.use(sessionMiddleware(carts, { property: "basket" }));
      app.get("/", (request, response) => {
        sessionOf(request, carts).increment("visits");
        sessionOf(request, sessions).set("theme", "dark");
        response.write("bo");
        response.end("dy");
      });
      app.get("/both", (request, response) => {
        response.json([sessionOf(request, carts).get("visits"), request.visitor.get("theme")]);
      });
    });
    expect(await client.text("/")).toBe("body");
    expect([...client.cookies.keys()].toSorted()).toEqual(["cart", "session"]);
    expect(await client.text("/both")).toBe('[1,"dark"]');
  });

  it("of one kind are loaded once, and never taken for those of another", async () => {
    const admins = newSessions({ namespace: "admins", cookie: { secure: false, name: "admin" } });
    const { client } = await start((app, sessions) => {
      app.use("/again", sessionMiddleware(sessions, { property: "visitor" }), sessionMiddleware(sessions));
      app.get("/again", (request, response) => {
        request.visitor.increment("visits");
        response.json((request as unknown as { session: unknown }).session === request.visitor);
      });
      app.use("/admin", sessionMiddleware(admins, { property: "visitor" }));
      app.get("/admin", (_request, response) => void response.send("never"));
      app.get("/none", (request, response) => void response.json(sessionOf(request, admins).isNew));
    });
    expect(await client.text("/again")).toBe("true");
    expect(await (await client.fetch("/admin")).json()).toEqual({ code: "CONFIGURATION" });
    expect(await (await client.fetch("/none")).json()).toEqual({ code: "CONFIGURATION" });
  });
});

describe("csrfProtection", () => {
  it("refuses changes without the session's token", async () => {
    const { client, errors } = await start(
      (app, sessions) => {
        app.use(express.urlencoded(), csrfProtection(sessions));
        app.get("/sign-in", async (request, response) => {
          request.visitor.signIn("ada");
          response.send(await request.visitor.csrfToken());
        });
        app.post("/change", (_request, response) => void response.send("changed"));
      },
      { onError: (error, _request, _response, next) => next(error) },
    );
    const post = (init: RequestInit = {}) => client.fetch("/change", { method: "POST", ...init });
    expect((await post()).status).toBe(200);
    expect((await post({ headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    const token = await client.text("/sign-in");
    expect((await post()).status).toBe(403);
    expect((await post({ headers: { "x-csrf-token": token.toLowerCase() } })).status).toBe(403);
    expect((await post({ headers: { "x-csrf-token": token } })).status).toBe(200);
    expect((await post({ body: new URLSearchParams({ _csrf: token }) })).status).toBe(200);
    expect(errors.every((error) => error instanceof CsrfError)).toBe(true);
  });

  it("reads the token where it is told to, and needs a session", async () => {
    const { client } = await start((app, sessions) => {
      app.get("/sign-in", async (request, response) => {
        request.visitor.signIn("ada");
        response.send(await request.visitor.csrfToken());
      });
      app.post("/change", csrfProtection(sessions, { read: (request: Request) => request.query["token"] }));
      app.post("/change", (_request, response) => void response.send("changed"));
      app.post("/other", csrfProtection(newSessions()));
    });
    const token = await client.text("/sign-in");
    expect(await client.text(`/change?token=${token}`, { method: "POST" })).toBe("changed");
    expect(await (await client.fetch("/change", { method: "POST" })).json()).toEqual({ code: "CSRF" });
    expect(await (await client.fetch("/other", { method: "POST" })).json()).toEqual({ code: "CONFIGURATION" });
  });
});
