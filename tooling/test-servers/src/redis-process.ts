import { setTimeout as sleep } from "node:timers/promises";
import type { Machine, MachineProcess } from "./machine.ts";
import { ping } from "./ping.ts";

const READY_WITHIN_MS = 15_000;

/** What a test may do to a running server. */
export interface ServerControl {
  /** Freezes the process with SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>;
  /** Ends a {@link ServerControl.pause} with SIGCONT. */
  resume(): Promise<void>;
  /** Ends the process with SIGKILL, as a crash does; without `appendonly` its data is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; a running one is shut down in order first, keeping its data. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** A server that can be started more than once on the same port and folder. */
export interface RedisProcess extends ServerControl {
  readonly port: number;
  readonly host: "127.0.0.1";
}

export interface RedisProcessOptions {
  readonly machine: Machine;
  readonly folder: string;
  readonly port: number;
  readonly flags?: readonly string[];
}

/** Starts `redis-server` on a prepared folder and waits until it answers. */
export async function startRedisProcess(options: RedisProcessOptions): Promise<RedisProcess> {
  const { machine, folder, port, flags = [] } = options;
  let current = await launchAndWait(options);

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (!(await current.isRunning())) return;
    await current.signal(signal);
    // A paused process takes SIGTERM only once it goes on.
    if (signal === "SIGTERM") await current.signal("SIGCONT");
    await current.waitForEnd();
  }

  return {
    port,
    host: "127.0.0.1",
    pause: () => current.signal("SIGSTOP"),
    resume: () => current.signal("SIGCONT"),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGKILL"),
    async restart() {
      await end("SIGTERM");
      current = await launchAndWait({ machine, folder, port, flags });
    },
  };
}

async function launchAndWait({ machine, folder, port, flags = [] }: RedisProcessOptions): Promise<MachineProcess> {
  const launched = await machine.launch(folder, flags);
  const deadline = Date.now() + READY_WITHIN_MS;
  while ((await launched.isRunning()) && Date.now() < deadline) {
    if (await ping(port)) return launched;
    await sleep(10);
  }
  const reason = (await launched.isRunning()) ? `did not answer within ${READY_WITHIN_MS} ms` : "ended at once";
  await launched.signal("SIGKILL");
  throw new Error(`redis-server on port ${port} ${reason}. Its log ends:\n${await machine.readLog(folder)}`);
}
