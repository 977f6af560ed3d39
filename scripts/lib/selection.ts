import type { WorkspacePackage } from "./workspace.ts";

/** The vitest project of the tests that belong to no single package. */
const WORKSPACE_PROJECT = "workspace";

/** What a test run covers. */
export interface Selection {
  /** Vitest projects; all of them when nothing was named. */
  readonly projects: readonly string[];
  /** The members named; all of them when nothing was named. */
  readonly packages: readonly WorkspacePackage[];
  readonly everything: boolean;
}

/**
 * Reads the names given to `npm test -- <package…>`: a folder (`core`) or an npm name (`@holdfast/core`).
 *
 * @throws {RangeError} A name is unknown; the message lists those that exist.
 */
export function select(names: readonly string[], packages: readonly WorkspacePackage[]): Selection {
  const wanted = names.filter((name) => name !== "--");
  if (wanted.length === 0) {
    return { projects: [...packages.map(({ folder }) => folder), WORKSPACE_PROJECT], packages, everything: true };
  }
  const found: WorkspacePackage[] = [];
  const projects: string[] = [];
  for (const name of wanted) {
    const member = packages.find(({ folder, manifest }) => folder === name || manifest.name === name);
    if (member) found.push(member);
    else if (name !== WORKSPACE_PROJECT) throw new RangeError(unknown(name, packages));
    projects.push(member?.folder ?? WORKSPACE_PROJECT);
  }
  return { projects, packages: found, everything: false };
}

function unknown(name: string, packages: readonly WorkspacePackage[]): string {
  const names = [...packages.map(({ folder }) => folder), WORKSPACE_PROJECT].join(", ");
  return `There is no package "${name}". These can be tested alone: ${names}.`;
}
