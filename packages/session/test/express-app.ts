import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { memoryBackend } from "@holdfast/adapter-memory";
import type { SessionStore } from "@holdfast/core";
import express, { type Express as App, type ErrorRequestHandler, type Response } from "express";
import { afterEach } from "vitest";
import { sessionMiddleware } from "../src/express.ts";
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
export async function start(
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

/** Ways to send a response. */
export const endings: Record<string, (response: Response) => unknown> = {
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
