import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What the checks read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** One member of the workspace. */
export interface WorkspacePackage {
  /** The last part of its path: its short name on the command line, and its vitest project. */
  readonly folder: string;
  /** From the workspace's root, as in `packages/core`. */
  readonly path: string;
  readonly manifest: Manifest;
}

const PARENTS = ["packages", "apps", "tooling"];
const ALONE = ["bench"];

/** Every member: those under `packages`, `apps` and `tooling`, and `bench`. */
export function listPackages(root: string): WorkspacePackage[] {
  const paths = PARENTS.filter((parent) => existsSync(join(root, parent))).flatMap((parent) =>
    readdirSync(join(root, parent))
      .toSorted()
      .map((folder) => `${parent}/${folder}`),
  );
  return [...paths, ...ALONE]
    .filter((path) => existsSync(join(root, path, "package.json")))
    .map((path) => ({ folder: basename(path), path, manifest: readManifest(join(root, path)) }));
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
}
