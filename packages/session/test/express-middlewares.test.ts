import express, { type Request } from "express";
import { describe, expect, it } from "vitest";
import { CsrfError, csrfProtection, sessionMiddleware, sessionOf } from "../src/express.ts";
import { start } from "./express-app.ts";
import { newSessions } from "./set-up.ts";

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
