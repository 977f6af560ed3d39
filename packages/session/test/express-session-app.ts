import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import type { Backend } from "@holdfast/core";
import { type RedisHandle, startRedis } from "@holdfast/test-servers";
import express, { type Express as App, type ErrorRequestHandler } from "express";
import expressSession, { type SessionOptions } from "express-session";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { type HoldfastStore, type HoldfastStoreOptions, holdfastStore } from "../src/express-session.ts";
import type { SessionEvent } from "../src/index.ts";
import { Client, type Listening, listen } from "./http.ts";

declare module "express-session" {
  interface SessionData {
    user?: string;
    cart?: string[];
    theme?: string;
    at?: Date | string;
    odd?: unknown;
  }
}

/** Where requests can be made to wait. */
interface Gate {
  waiting: number;
  open(): void;
}

/** One of two processes that share a store. */
type Process = 0 | 1;
type AppOptions = { readonly store?: Partial<HoldfastStoreOptions> } & Omit<Partial<SessionOptions>, "store">;

/** What a test of the store has at hand. */
interface Kit {
  readonly events: SessionEvent[];
  storeOf(process: Process, options?: Partial<HoldfastStoreOptions>): HoldfastStore;
  start(process?: Process, options?: AppOptions, routes?: (app: App) => void): Promise<Started>;
  /** Two processes and one browser. */
  twoProcesses(options?: AppOptions): Promise<{ here: Client; there: Client; gate: Gate }>;
}

interface Started {
  readonly client: Client;
  readonly url: string;
  readonly gate: Gate;
}

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Runs tests on memory and on Redis, each in a namespace of its own. */
export function describeStore(title: string, tests: (kit: Kit) => void): void {
  let redis: RedisHandle;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const storage = new MemoryStorage();
  const kinds: [string, () => Backend][] = [
    ["memory", () => memoryBackend({ storage })],
    ["Redis", () => redisBackend({ url: redis.url, commandTimeout: "10s" })],
  ];
  let serial = 0;

  describe.each(kinds)(`${title} on %s`, (_name, openBackend) => {
    const events: SessionEvent[] = [];
    let backends: readonly Backend[];
    beforeAll(() => {
      backends = [openBackend(), openBackend()];
    });
    afterAll(() => Promise.all(backends.map((backend) => backend.close())));
    beforeEach(() => {
      serial += 1;
      events.length = 0;
    });

    const storeOf: Kit["storeOf"] = (process, options = {}) =>
      holdfastStore({
        backend: backends[process]!,
        namespace: `${title} ${serial}`,
        events: (event) => void events.push(event),
        ...options,
      });
    const start: Kit["start"] = (process = 0, { store, ...options } = {}, routes = () => {}) =>
      startApp({ store: storeOf(process, store), ...options }, routes);
    const twoProcesses: Kit["twoProcesses"] = async (options) => {
      const [here, there] = await Promise.all([start(0, options), start(1, options)]);
      await here.client.fetch("/set", json({ theme: "dark" }));
      const other = new Client(there.url);
      for (const [name, value] of here.client.cookies) other.cookies.set(name, value);
      return { here: here.client, there: other, gate: here.gate };
    };
    tests({ events, storeOf, start, twoProcesses });
  });
}

/** An application as express-session's README has it. */
export async function startApp(
  options: Partial<SessionOptions>,
  routes: (app: App) => void = () => {},
): Promise<Started> {
  const gate: Gate = { waiting: 0, open: () => {} };
  const app = express();
  app.use(expressSession({ secret: "keyboard cat", resave: false, saveUninitialized: false, ...options }));
  app.use(express.json());
  app.get("/", ({ session }, response) => {
    const { cookie: _, ...data } = session;
    response.json(data);
  });
  app.get("/cookie", ({ session }, response) => void response.json(session.cookie));
  app.post("/set", ({ session, body }, response) => {
    Object.assign(session, body);
    response.json("set");
  });
  app.post("/set-slowly", async ({ session, body }, response) => {
    await new Promise<void>((resolve) => {
      gate.waiting += 1;
      const before = gate.open;
      gate.open = () => {
        before();
        resolve();
      };
    });
    for (const [field, value] of Object.entries(body)) {
      if (value === null) delete (session as unknown as Record<string, unknown>)[field];
      else Object.assign(session, { [field]: value });
    }
    response.json("set");
  });
  app.post("/sign-in", (request, response, next) => {
    request.session.regenerate((error) => {
      request.session.user = "ada";
      if (error) next(error);
      else response.json("signed in");
    });
  });
  app.get("/destroy", (request, response) => {
    request.session.destroy(undefined as never);
    response.json("destroyed");
  });
  app.post("/sign-out", (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.json("signed out")));
  });
  routes(app);
  app.use(((error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.status(500).json({ code: error.code ?? error.message });
  }) satisfies ErrorRequestHandler);
  const server = await listen(app);
  open.push(server);
  return { client: new Client(server.url), url: server.url, gate };
}

/** A request with a body. */
export const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

/** What a client's session holds. */
export const data = async (client: Client): Promise<unknown> => (await client.fetch("/")).json();

/** A request that has loaded its session and waits at the gate; `go` lets it save. */
export async function underWay(client: Client, gate: Gate, body: unknown): Promise<{ go(): Promise<Response> }> {
  const { waiting } = gate;
  const response = client.fetch("/set-slowly", json(body));
  await expect.poll(() => gate.waiting).toBe(waiting + 1);
  return {
    async go(): Promise<Response> {
      gate.open();
      return response;
    },
  };
}

/** The id that a client's cookie carries. */
export function sidOf(client: Client): string {
  const [sid = ""] = decodeURIComponent(client.cookies.get("connect.sid") ?? "")
    .slice(2)
    .split(".");
  return sid;
}
