import { findOnPath } from "./find-on-path.ts";
import { createLocalMachine } from "./local-machine.ts";
import type { Machine } from "./machine.ts";
import { REDIS_ADVICE, REDIS_IMAGE, REDIS_SERVER_BINARY } from "./variables.ts";

/** Opens a machine for up to `servers` servers, on the Redis that the test run has found. */
export async function openMachine(servers: number): Promise<Machine> {
  const image = process.env[REDIS_IMAGE];
  if (image) {
    // testcontainers is large, and most runs do without it.
    const { createContainerMachine } = await import("./container-machine.ts");
    return createContainerMachine(image, servers);
  }
  const binary = process.env[REDIS_SERVER_BINARY] ?? findOnPath("redis-server");
  if (binary) return createLocalMachine(binary);
  throw new Error(REDIS_ADVICE);
}
