import { findOnPath } from "./find-on-path.ts";
import { createLocalMachine } from "./local-machine.ts";
import type { Machine } from "./machine.ts";

/** Names the `redis-server` program that the test run has found; set by its provisioning. */
export const REDIS_SERVER_BINARY = "HOLDFAST_REDIS_SERVER_BIN";

/** A machine for one group of servers. */
export async function openMachine(): Promise<Machine> {
  const binary = process.env[REDIS_SERVER_BINARY] ?? findOnPath("redis-server");
  if (binary) return createLocalMachine(binary);
  throw new Error("No redis-server was found.");
}
