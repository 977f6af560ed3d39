import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions } from "@holdfast/session";
import { sessionMiddleware, sessionOf } from "@holdfast/session/express";
import { RedisStore } from "connect-redis";
import expressSession from "express-session";
import { Redis } from "ioredis";
import { createClient } from "redis";

/** Answers `/start` (a new session), `/read` (an unchanged one), `/write` (a changed one) and `/visit` (a visitor). */
type Handle = (request: IncomingMessage, response: ServerResponse) => void;
type Open = (redisUrl: string) => Promise<Handle>;

const TTL_MS = 1_800_000;
const BODY = "ok";

function end(response: ServerResponse): void {
  response.setHeader("content-length", BODY.length);
  response.end(BODY);
}

/** Over a bare HTTP server of Node. */
export const SESSION_SERVERS: Readonly<Record<string, Open>> = {
  "a bare HTTP server": async () => (_request, response) => end(response),

  async holdfast(url) {
    const sessions = createSessions<{ count?: number; name?: string }>({
      backend: redisBackend({ url, commandTimeout: "10s" }),
      cookie: { secure: false },
    });
    const middleware = sessionMiddleware(sessions);
    return (request, response) =>
      void middleware(request, response, () => {
        const session = sessionOf(request, sessions);
        if (request.url === "/start") session.set("name", "Ada Lovelace");
        if (request.url === "/write") session.increment("count");
        else session.get("name");
        end(response);
      });
  },

  /** What is left when everything is left out: the least that a session kept in Redis can cost. */
  async "a signed cookie and one GETEX"(url) {
    const redis = new Redis(url);
    const secret = randomBytes(32);
    const signatureOf = (id: string) => createHmac("sha256", secret).update(id).digest("base64url");
    const idOf = (cookie: string) => {
      const [id = "", signature = ""] = cookie.slice("sid=".length).split(".");
      const [given, wanted] = [Buffer.from(signature), Buffer.from(signatureOf(id))];
      return given.length === wanted.length && timingSafeEqual(given, wanted) ? id : undefined;
    };
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { cookie } = request.headers;
      const id = cookie === undefined ? undefined : idOf(cookie);
      if (request.url === "/start") {
        const created = randomBytes(24).toString("base64url");
        await redis.set(`sess:${created}`, JSON.stringify({ name: "Ada Lovelace", count: 0 }), "PX", TTL_MS);
        response.setHeader("set-cookie", `sid=${created}.${signatureOf(created)}`);
      } else if (id !== undefined) {
        const data = JSON.parse((await redis.getex(`sess:${id}`, "PX", TTL_MS)) ?? "{}") as { count: number };
        if (request.url === "/write") {
          data.count += 1;
          await redis.set(`sess:${id}`, JSON.stringify(data), "PX", TTL_MS);
        }
      }
      end(response);
    };
    return (request, response) => void answer(request, response);
  },

  async "express-session with connect-redis"(url) {
    const client = await createClient({ url }).connect();
    const middleware = expressSession({
      store: new RedisStore({ client }),
      secret: "a secret for the bench",
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: TTL_MS },
    });
    return (request, response) => {
      const extended = request as Parameters<typeof middleware>[0];
      extended.originalUrl = request.url ?? "/";
      middleware(extended, response as Parameters<typeof middleware>[1], () => {
        const session = extended.session as unknown as { name?: string; count?: number };
        if (request.url === "/start") session.name = "Ada Lovelace";
        if (request.url === "/write") session.count = (session.count ?? 0) + 1;
        end(response);
      });
    };
  },
};

/** As a process of its own: its arguments are the server's name and Redis's URL. It tells its port, and ends with its parent. */
if (process.send) {
  const [name = "", url = ""] = process.argv.slice(2);
  const server = createServer(await SESSION_SERVERS[name]!(url));
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit());
}
