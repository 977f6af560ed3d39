import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions } from "@holdfast/session";
import { createHoldfastSessionStorage, sessionMiddleware } from "@holdfast/session/react-router";

interface Data {
  notice?: string;
  visits?: number;
}

const backend = process.env["REDIS_URL"] ? redisBackend() : memoryBackend();

export const sessions = createSessions<Data>({ backend, namespace: "router" });
/** For the root route; `context.get(session.key)` in loaders and actions. */
export const session = sessionMiddleware(sessions);

interface ClassicData {
  root?: number;
  page?: number;
}

/** As applications have it that were written for `createCookieSessionStorage`. */
export const { getSession, commitSession, destroySession } = createHoldfastSessionStorage<ClassicData>({
  backend,
  namespace: "classic",
  cookie: { name: "__Host-classic" },
});
