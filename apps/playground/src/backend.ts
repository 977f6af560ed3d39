import type { Backend } from "@holdfast/core";
import type { BackendName } from "./environment.ts";

/**
 * Where Atlas keeps what it caches. Switching the storage is one line; nothing else in the app knows.
 * Imported on demand, so that only the chosen backend's settings are needed.
 */
export const backends: Record<BackendName, () => Promise<Backend>> = {
  memory: async () => (await import("@holdfast/adapter-memory")).memoryBackend(),
  redis: async () =>
    (await import("@holdfast/adapter-redis")).redisBackend(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379"),
  upstash: async () => (await import("@holdfast/adapter-upstash")).upstashBackend(),
  "vercel-kv": async () => (await import("@holdfast/adapter-vercel-kv")).vercelKvBackend(),
};
