import { createRequire } from "node:module";
import { upstashBackend } from "@holdfast/adapter-upstash";
import type { Backend } from "@holdfast/core";
import { createKv, type Kv } from "@holdfast/kv";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { type RedisConfigNodejs, Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";

// As Node resolves it: a bundler's interoperation reads the default export, which throws without its variables.
export const { createClient } = createRequire(import.meta.url)("@vercel/kv") as typeof import("@vercel/kv");

/** The same Redis, empty before each test, as seen by the raw clients and by Holdfast. */
export interface Clients {
  readonly gateway: GatewayHandle;
  /** What is really stored. */
  readonly direct: Redis;
  credentials(): { readonly url: string; readonly token: string };
  upstash(options?: Partial<RedisConfigNodejs>): Upstash;
  vercel(): ReturnType<typeof createClient>;
  holdfast(options?: { readonly url?: string }): { readonly kv: Kv<unknown>; readonly backend: Backend };
}

/** Opens them for every test of a file. The raw clients' warnings are not shown. */
export function useClients(): Clients {
  let redis: RedisHandle | undefined;
  let gateway: GatewayHandle | undefined;
  let direct: Redis | undefined;
  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startGateway({ redis });
    direct = new Redis(redis.url);
  });
  afterAll(async () => {
    direct?.disconnect();
    await gateway?.stop();
    await redis?.stop();
  });
  beforeEach(async () => {
    await direct?.flushdb();
    vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const credentials = () => ({ url: gateway!.url, token: gateway!.token });
  return {
    get gateway() {
      return gateway!;
    },
    get direct() {
      return direct!;
    },
    credentials,
    upstash: (options = {}) => new Upstash({ ...credentials(), ...options }),
    vercel: () => createClient(credentials()),
    holdfast(options = {}) {
      const backend = upstashBackend({ ...credentials(), ...options, commandTimeout: "5s" });
      return { backend, kv: createKv({ backend, namespace: "app" }) };
    },
  };
}
