import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "./free-ports.ts";
import { lastLines } from "./last-lines.ts";
import type { Machine, MachineProcess } from "./machine.ts";
import { guard, unguard } from "./orphan-guard.ts";

/** Runs servers on this computer, in a temporary folder. */
export function createLocalMachine(redisServerBinary: string): Machine {
  const home = mkdtempSync(join(tmpdir(), "holdfast-redis-"));
  return {
    bindAddress: "127.0.0.1",
    async takePort() {
      const [port] = await findFreePorts(1);
      return port!;
    },
    async prepare(serverName, configuration) {
      const folder = join(home, serverName);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "redis.conf"), `dir ${folder}\n${configuration}`);
      return folder;
    },
    launch: async (folder, flags) => launch(redisServerBinary, flags, folder, home),
    readLog: (folder) => readFile(join(folder, "redis.log"), "utf8").then(lastLines, () => "(no log was written)"),
    dispose: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function launch(binary: string, flags: readonly string[], folder: string, home: string): Promise<MachineProcess> {
  // A wrong directive is told on stderr before the server opens a log of its own.
  const log = openSync(join(folder, "redis.log"), "a");
  const child = spawn(binary, [join(folder, "redis.conf"), ...flags], { stdio: ["ignore", log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new Error(`Could not start ${binary}: ${cause.message}`, { cause })));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`Could not start ${binary}.`);
  guard(pid, home);
  // A server must not keep a finished test process alive.
  child.unref();
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      unguard(pid);
      resolve();
    });
  });
  return {
    async signal(name) {
      child.kill(name);
    },
    waitForEnd() {
      child.ref();
      return ended;
    },
    isRunning: async () => child.exitCode === null && child.signalCode === null,
  };
}
