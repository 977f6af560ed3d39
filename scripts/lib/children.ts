import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export const root: string = join(import.meta.dirname, "..", "..");

/** How a program ended. */
export interface Ended {
  readonly ok: boolean;
  /** Standard output and errors in the order in which they came; empty for a visible program. */
  readonly output: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Shows the output as it comes instead of keeping it. @default false */
  readonly visible?: boolean;
}

/** Long enough for vitest to close its workers, and they their servers. */
const GRACE_MS = 2_000;

const running = new Set<ChildProcess>();

/** Runs a program of `node_modules/.bin`, or of the PATH, in the workspace's root. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const local = join(root, "node_modules", ".bin", program);
  return new Promise((resolve) => {
    const child = spawn(existsSync(local) ? local : program, parameters, {
      cwd: root,
      env: { ...process.env, PATH: pathWithThisNode(), TURBO_TELEMETRY_DISABLED: "1", ...options.environment },
      stdio: options.visible ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    running.add(child);
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const finish = (ok: boolean, reason = ""): void => {
      running.delete(child);
      resolve({ ok, output: Buffer.concat(chunks).toString() + reason });
    };
    child.once("error", (error) => finish(false, `Could not run ${program}: ${error.message}`));
    child.once("close", (code, signal) => finish(code === 0, signal ? `${program} was ended by ${signal}.` : ""));
  });
}

/** On Ctrl-C, or when asked to end, ends what was started, then this process. */
export function stopChildrenOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      console.error(`\nStopped by ${signal}.`);
      for (const child of running) child.kill(signal);
      const begun = Date.now();
      setInterval(() => {
        const late = Date.now() - begun > GRACE_MS;
        if (running.size > 0 && !late) return;
        for (const child of running) child.kill("SIGKILL");
        process.exit(130);
      }, 20);
    });
  }
}

/** The pinned Node runs every tool, whatever Node the machine has. */
function pathWithThisNode(): string {
  return [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
}
