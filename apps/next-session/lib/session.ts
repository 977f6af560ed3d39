import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { createSessions } from "@holdfast/session";
import { createNextSessions } from "@holdfast/session/next";

interface Data {
  notice?: string;
  visits?: number;
  draft?: string;
}

// Next bundles the proxy apart from the pages, so what they share in memory is not the same: sessions that both use need Redis.
const backend = process.env["REDIS_URL"] ? redisBackend() : memoryBackend();

export const sessions = createSessions<Data>({ backend, namespace: "next", touchThrottle: "1ms" });
export const { getSession, updateSession, withSession } = createNextSessions(sessions, { slidesIn: "proxy" });
