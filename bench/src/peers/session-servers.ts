import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions, type Session, type Sessions } from "@holdfast/session";
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

interface Data {
  readonly count?: number;
  readonly name?: string;
}

function openSessions(url: string): Sessions<Data> {
  return createSessions<Data>({ backend: redisBackend({ url, commandTimeout: "10s" }), cookie: { secure: false } });
}

function visit(path: string | undefined, session: Session<Data>): void {
  if (path === "/start") session.set("name", "Ada Lovelace");
  if (path === "/write") session.increment("count");
  else session.get("name");
}

/** Over a bare HTTP server of Node. */
export const SESSION_SERVERS: Readonly<Record<string, Open>> = {
  "a bare HTTP server": async () => (_request, response) => end(response),

  async "holdfast, load and commit"(url) {
    const sessions = openSessions(url);
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const session = await sessions.load(request);
      visit(request.url, session);
      const cookies = (await sessions.commitHeaders(session)).getSetCookie();
      if (cookies.length > 0) response.appendHeader("set-cookie", cookies);
      end(response);
    };
    return (request, response) => void answer(request, response);
  },

  async "holdfast, its middleware"(url) {
    const sessions = openSessions(url);
    const middleware = sessionMiddleware(sessions);
    return (request, response) =>
      void middleware(request, response, () => {
        visit(request.url, sessionOf(request, sessions));
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
