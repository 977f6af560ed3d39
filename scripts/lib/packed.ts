import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Ended, root, run } from "./children.ts";
import type { WorkspacePackage } from "./workspace.ts";

/** What a user must never receive: build state, tests, references into this workspace. */
const UNWANTED_FILE = /\.tsbuildinfo$|\.test\.|\/test\/|\/node_modules\//;
const WORKSPACE_PROTOCOL = /"(workspace|catalog):/;
const NEEDED_FILES = ["package/package.json", "package/README.md", "package/LICENSE", "package/dist/index.js"];

/** Packs a package as `pnpm publish` would, and examines the tarball that users would install. */
export async function checkPacked(member: WorkspacePackage): Promise<Ended> {
  const folder = join(root, ".test-results", "packed");
  mkdirSync(folder, { recursive: true });
  const tarball = join(folder, `${member.folder}.tgz`);
  const steps: (() => Promise<Ended>)[] = [
    () => run("pnpm", ["--dir", member.path, "pack", "--out", tarball]),
    () => checkContents(tarball),
    () => run("publint", ["run", tarball, "--strict"]),
    () => run("attw", [tarball, "--profile", "esm-only", "--no-color", "--no-emoji"]),
  ];
  for (const step of steps) {
    const ended = await step();
    if (!ended.ok) return ended;
  }
  return { ok: true, output: "" };
}

async function checkContents(tarball: string): Promise<Ended> {
  const list = await run("tar", ["-tzf", tarball]);
  const manifest = await run("tar", ["-xzOf", tarball, "package/package.json"]);
  if (!list.ok || !manifest.ok) return { ok: false, output: list.output + manifest.output };
  const offences = judgeContents(list.output.trim().split("\n"), manifest.output);
  return { ok: offences.length === 0, output: offences.join("\n") };
}

/** @returns One line for each fault of a tarball that has these files and this manifest. */
export function judgeContents(files: readonly string[], manifest: string): string[] {
  return [
    ...files.filter((file) => UNWANTED_FILE.test(file)).map((file) => `ships ${file}`),
    ...NEEDED_FILES.filter((file) => !files.includes(file)).map((file) => `lacks ${file}`),
    ...(WORKSPACE_PROTOCOL.test(manifest) ? ["its package.json still names workspace: or catalog: versions"] : []),
  ];
}
