import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CodeBlock } from "./code-blocks.ts";

const root = join(import.meta.dirname, "..", "..");
/** A program that has not ended by then does not end by itself. */
const RUN_WITHIN_MS = 30_000;

/** A block as a file. */
export interface Program {
  readonly block: CodeBlock;
  readonly file: string;
}

/**
 * Writes blocks as files into a folder below the workspace's ignored `.test-results`, where imports of packages
 * resolve as they do in an app, and compiles all of them.
 *
 * @returns The programs, and the compiler's lines by file name.
 */
export function compile(
  name: string,
  blocks: readonly CodeBlock[],
): { programs: Program[]; faults: Map<string, string> } {
  const folder = join(root, ".test-results", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const programs = blocks.map((block) => {
    const file = join(folder, `${block.document.replaceAll(/[^\w.]+/g, "-")}-${block.line}.${block.language}`);
    // The fence's own line is one above the code: blank lines make the compiler's line numbers the document's.
    writeFileSync(
      file,
      "\n".repeat(block.line) + block.code + (/^(import|export)\b/m.test(block.code) ? "\n" : "\nexport {};\n"),
    );
    return { block, file };
  });
  const options = {
    extends: relative(folder, join(root, "tsconfig.tests.json")),
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      erasableSyntaxOnly: true,
    },
    include: ["*.ts", "*.js"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const { status, stdout, stderr } = spawnSync(
    join(root, "node_modules", ".bin", "tsc"),
    ["-p", folder, "--pretty", "false"],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
    },
  );
  const faults = new Map<string, string>();
  for (const { file } of programs) {
    const own = stdout.split("\n").filter((line) => line.startsWith(`${relative(folder, file)}(`));
    if (own.length > 0) faults.set(file, own.join("\n"));
  }
  // What belongs to no block, such as a compiler that does not start, must not pass for a success.
  if (status !== 0 && faults.size === 0) throw new Error(`tsc failed:\n${stdout}${stderr}`);
  return { programs, faults };
}

/** Runs a program to its end. */
export function runProgram(
  { file }: Program,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], {
      env: { ...process.env, NODE_OPTIONS: "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: RUN_WITHIN_MS,
      killSignal: "SIGKILL",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    child.once("error", reject);
    child.once("close", (code) => {
      const late = code === null ? `\nIt did not end within ${RUN_WITHIN_MS} ms: is something left open?` : "";
      resolve({ code, output: output + late });
    });
  });
}
