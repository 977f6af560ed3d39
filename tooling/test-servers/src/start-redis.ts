import { borrowDatabase } from "./external-redis.ts";
import type { Machine } from "./machine.ts";
import { openMachine } from "./open-machine.ts";
import { type RedisConfiguration, writeConfiguration } from "./redis-configuration.ts";
import { type RedisProcess, type ServerControl, startRedisProcess } from "./redis-process.ts";
import { retryStart } from "./retry-start.ts";
import { TEST_REDIS_URL } from "./variables.ts";

export interface StartRedisOptions {
  /**
   * Asks for a server that nobody else uses, for tests that pause, kill or restart it. Only with
   * `HOLDFAST_TEST_REDIS_URL` set does it make a difference; any other option implies it. @default false
   */
  readonly own?: boolean;
  /** Keeps every write in an append-only file, so that data survives {@link ServerControl.kill}. @default false */
  readonly appendonly?: boolean;
  /** Asked of every client; part of the handle's `url`. */
  readonly password?: string;
  /** More directives of `redis.conf`, such as `{ maxmemory: "10mb" }`. */
  readonly config?: RedisConfiguration;
}

/** A single Redis server. */
export interface RedisHandle extends ServerControl, AsyncDisposable {
  /** `redis://[:password@]127.0.0.1:<port>`; on a borrowed server its address and a database number. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Starts one Redis server on a free port of 127.0.0.1. Without options and with `HOLDFAST_TEST_REDIS_URL` set, it
 * lends an empty database of that server instead.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisHandle> {
  const borrowed = process.env[TEST_REDIS_URL];
  if (borrowed && Object.keys(options).length === 0) return borrowDatabase(borrowed);
  const machine = await openMachine(1);
  const server = await retryStart(() => startServer(machine, options)).catch(async (error: unknown) => {
    await machine.dispose();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await machine.dispose();
  };
  const login = options.password === undefined ? "" : `:${encodeURIComponent(options.password)}@`;
  return { ...server, url: `redis://${login}127.0.0.1:${server.port}`, stop, [Symbol.asyncDispose]: stop };
}

async function startServer(machine: Machine, options: StartRedisOptions): Promise<RedisProcess> {
  const port = await machine.takePort();
  const configuration = writeConfiguration(port, machine.bindAddress, {
    ...(options.appendonly ? { appendonly: "yes" } : {}),
    ...(options.password === undefined ? {} : { requirepass: options.password }),
    ...options.config,
  });
  const folder = await machine.prepare(`redis-${port}`, configuration);
  return startRedisProcess({ machine, folder, port });
}
