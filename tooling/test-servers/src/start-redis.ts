import { findFreePorts } from "./free-ports.ts";
import type { Machine } from "./machine.ts";
import { openMachine } from "./open-machine.ts";
import { type RedisConfiguration, writeConfiguration } from "./redis-configuration.ts";
import { type RedisProcess, type ServerControl, startRedisProcess } from "./redis-process.ts";
import { retryStart } from "./retry-start.ts";

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
  /** `redis://[:password@]127.0.0.1:<port>` */
  readonly url: string;
  readonly host: "127.0.0.1";
  readonly port: number;
}

/** Starts one Redis server on a free port of 127.0.0.1. */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisHandle> {
  const machine = await openMachine();
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
  const [port = 0] = await findFreePorts(1);
  const configuration = writeConfiguration(port, machine.bindAddress, {
    ...(options.appendonly ? { appendonly: "yes" } : {}),
    ...(options.password === undefined ? {} : { requirepass: options.password }),
    ...options.config,
  });
  const folder = await machine.prepare(`redis-${port}`, configuration);
  return startRedisProcess({ machine, folder, port });
}
