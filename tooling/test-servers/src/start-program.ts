import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLines } from "./last-lines.ts";
import { guard, unguard } from "./orphan-guard.ts";

const READY_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 2_000;

export interface StartProgramOptions {
  /** The script and its arguments, for this process's Node. */
  readonly args: readonly string[];
  readonly folder: string;
  /** Beside PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Matches what the program prints once it serves; the first group is returned. */
  readonly ready: RegExp;
}

export interface ProgramHandle {
  /** The first group of `ready`. */
  readonly announced: string;
  /** Everything printed so far. */
  output(): string;
  /** Ends it, by force if it takes long. */
  stop(): Promise<void>;
}

/**
 * Starts a Node program and waits until it says that it is ready. It ends with this process, however that ends.
 *
 * @throws {Error} It ended, or was not ready in time; the message has the end of its output.
 */
export async function startProgram({
  args,
  folder,
  environment = {},
  ready,
}: StartProgramOptions): Promise<ProgramHandle> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  // It has no folder of its own that is to go with it.
  if (pid !== undefined) guard(pid, join(tmpdir(), `holdfast-program-${pid}`));
  let text = "";
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  }).then(() => pid !== undefined && unguard(pid));
  const stop = async (): Promise<void> => {
    const cut = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(cut);
  };
  const announced = await new Promise<string | undefined>((resolve) => {
    const limit = setTimeout(resolve, READY_WITHIN_MS, undefined);
    const settle = (found: string | undefined): void => {
      clearTimeout(limit);
      resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        const found = ready.exec(text)?.[1];
        if (found !== undefined) settle(found);
      });
    }
    void ended.then(() => settle(undefined));
  });
  if (announced !== undefined) return { announced, output: () => text, stop };
  await stop();
  throw new Error(`${args.join(" ")} did not get ready. It printed:\n${lastLines(text)}`);
}
