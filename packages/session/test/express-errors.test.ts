import { SessionConflictError, type SessionStore } from "@holdfast/core";
import type { Express as App } from "express";
import { describe, expect, it } from "vitest";
import { endings, start } from "./express-app.ts";
import { Client } from "./http.ts";
import { sleep } from "./set-up.ts";

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

  it("after one that succeeded does not withhold that one's cookie", async () => {
    const { client, errors } = await start(
      (app) => {
        app.get("/", async (request, response) => {
          request.visitor.signIn("ada");
          response.write("be");
          await sleep(5);
          request.visitor.increment("visits");
          response.end("gun");
        });
        app.get("/me", (request, response) => void response.json(request.visitor.userId ?? null));
      },
      {
        store: (real) => ({
          create: (...args) => sleep(20).then(() => real.create(...args)),
          commit: () => Promise.reject(new Error("down")),
        }),
      },
    );
    const response = await client.fetch("/");
    expect([response.status, errors]).toEqual([500, [new Error("down")]]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await client.text("/me")).toBe('"ada"');
  });

  it("is no success where an error handler sets no status", async () => {
    const { client } = await start(
      (app) => {
        app.get("/", (request, response) => {
          request.visitor.set("theme", "dark");
          response.redirect("/done");
        });
      },
      { ...down, onError: (_error, _request, response, _next) => response.json("sorry") },
    );
    const response = await client.fetch("/");
    expect([response.status, response.headers.get("location"), await response.json()]).toEqual([500, null, "sorry"]);
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
    app.get("/goes-on", (request, response) => {
      request.visitor.set("theme", "dark");
      response.write("begun and ");
      response.end("ended");
      response.write("more");
      response.end("and more");
    });
    app.get("/no-header", (request, response) => {
      request.visitor.set("theme", "light");
      response.writeHead(200, { "x-bad": "a\nb" }).end("body");
    });
    app.get("/no-chunk", (request, response) => {
      request.visitor.set("theme", "dark");
      response.end(7 as never);
    });
  };

  /** Slow enough for Express to have dealt with the error by then. */
  const slow = {
    store: (real: SessionStore): Partial<SessionStore> => ({
      create: (...args) => sleep(20).then(() => real.create(...args)),
    }),
  };

  it("a first answer that is complete is the one that is sent", async () => {
    const { url } = await start(routes, slow);
    for (const path of ["/twice", "/then-throws"]) {
      const response = await new Client(url).fetch(path);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
      expect(await response.json()).toEqual({ answer: "first" });
    }
  });

  it("what comes after the end is dropped", async () => {
    const { client } = await start(routes, slow);
    expect(await client.text("/goes-on")).toBe("begun and ended");
  });

  it("a body that has begun is broken off", async () => {
    const { client } = await start(routes, slow);
    await expect(client.text("/begins-then-throws")).rejects.toThrow();
  });

  it("what Node refuses to send is an error", async () => {
    const { client, errors } = await start(routes, slow);
    expect((await client.fetch("/no-chunk")).status).toBe(500);
    expect((await client.fetch("/no-header")).status).toBe(500);
    const codes = errors.map((error) => (error as { code: string }).code);
    expect(codes).toEqual(["ERR_INVALID_ARG_TYPE", "ERR_INVALID_CHAR"]);
    expect(await client.text("/twice")).toContain("first");
  });
});
