import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const READY = /Atlas is ready at (\S+) \(backend: (\S+)\)/;
const READY_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 10_000;

/** The built server as its users run it. */
export interface AtlasProcess {
  readonly url: string;
  /** As the ready line says it. */
  readonly backend: string;
  /** Everything printed so far. */
  output(): string;
  /** @returns The exit code, or the signal that ended it. */
  stop(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

/** How a process that never got ready ended. */
export interface FailedStart {
  readonly exit: number | string;
  readonly output: string;
}

/**
 * Starts it on the Node that the machine has, on a free port unless `environment` says otherwise. Variables
 * of this process that would choose a backend are not passed on.
 *
 * @throws {Error} It was not ready in time; the message holds its output.
 */
export async function startAtlasProcess(environment: Readonly<Record<string, string>>): Promise<AtlasProcess> {
  const { child, output, ended } = spawnAtlas(environment);
  const ready = await until(() => READY.exec(output()), ended, READY_WITHIN_MS);
  if (!ready) {
    child.kill("SIGKILL");
    throw new Error(`Atlas did not get ready. It printed:\n${output()}`);
  }
  const [, url = "", backend = ""] = ready;
  return {
    url,
    backend,
    output,
    stop: (signal) => stop(child, ended, signal),
  };
}

/** Starts it where it must refuse to start. */
export async function failToStart(environment: Readonly<Record<string, string>>): Promise<FailedStart> {
  const { child, output, ended } = spawnAtlas(environment);
  const cut = setTimeout(() => child.kill("SIGKILL"), READY_WITHIN_MS);
  const exit = await ended;
  clearTimeout(cut);
  return { exit, output: output() };
}

function spawnAtlas(environment: Readonly<Record<string, string>>) {
  if (!existsSync(PROGRAM)) throw new Error("dist/main.js is missing: build the workspace before its tests.");
  const { PATH = "", HOME = "" } = process.env;
  const node = process.env["HOLDFAST_SYSTEM_NODE"] ?? process.execPath;
  const child = spawn(node, [PROGRAM], { env: { PATH, HOME, PORT: "0", ...environment } });
  let text = "";
  const append = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  const ended = new Promise<number | string>((resolve) => {
    // "close" comes after the last output, "exit" may come before it.
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return { child, ended, output: () => text };
}

async function stop(child: ChildProcess, ended: Promise<number | string>, signal: NodeJS.Signals) {
  const cut = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
  child.kill(signal);
  const exit = await ended;
  clearTimeout(cut);
  return exit;
}

async function until<T>(look: () => T | null, ended: Promise<unknown>, withinMs: number): Promise<T | null> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const seen = look();
    if (seen !== null) return seen;
    const over = await Promise.race([ended.then(() => true), sleep(20, false)]);
    if (over) break;
  }
  return look();
}
