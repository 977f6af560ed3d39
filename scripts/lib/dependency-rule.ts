import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { type ImportOf, listImports } from "./imports.ts";
import { listPackages, type WorkspacePackage } from "./workspace.ts";

const SCOPE = "@holdfast/";
const FEATURES = ["kv", "cache", "session", "lock", "rate-limit", "leaderboard", "stream"];

interface Layer {
  /** The only packages of this workspace that it may import. */
  readonly mayImport: readonly string[];
  /** Runs only on Node, so it may use Node's built-in modules. */
  readonly onNode?: boolean;
}

/** DESIGN's layers. A feature never knows an adapter, nor an adapter a feature. */
const LAYERS: Readonly<Record<string, Layer>> = {
  core: { mayImport: [] },
  "redis-engine": { mayImport: ["core"] },
  "adapter-memory": { mayImport: ["core"] },
  "adapter-redis": { mayImport: ["core", "redis-engine"], onNode: true },
  "adapter-upstash": { mayImport: ["core", "redis-engine"] },
  "adapter-vercel-kv": { mayImport: ["core", "redis-engine"] },
  ...Object.fromEntries(FEATURES.map((feature) => [feature, { mayImport: ["core"] }])),
  conformance: { mayImport: ["core", ...FEATURES] },
  "rest-gateway": { mayImport: ["core"], onNode: true },
  cli: {
    mayImport: ["core", "rest-gateway", "adapter-memory", "adapter-redis", "adapter-upstash", "adapter-vercel-kv"],
    onNode: true,
  },
};

/**
 * Checks who imports whom, and that each package declares exactly what it imports from this workspace.
 *
 * @returns One line for each offence; none when the rule holds.
 */
export function checkDependencyRule(root: string): string[] {
  return listPackages(root)
    .filter(({ path }) => path.startsWith("packages/"))
    .flatMap((member) => {
      const layer = LAYERS[member.folder];
      if (!layer) return [`${member.path}: give this package a layer in scripts/lib/dependency-rule.ts`];
      const imports = listImports(join(root, member.path, "src"));
      return [...imports.flatMap((found) => judge(root, member, layer, found)), ...checkReferences(root, member)];
    });
}

function judge(root: string, member: WorkspacePackage, layer: Layer, { file, specifier }: ImportOf): string[] {
  const at = relative(root, file);
  if (specifier.startsWith(".")) {
    const target = relative(join(root, member.path, "src"), join(file, "..", specifier));
    return target.startsWith("..") ? [`${at}: "${specifier}" leaves the package; import it by its name`] : [];
  }
  if (isBuiltin(specifier)) {
    return layer.onNode ? [] : [`${at}: "${specifier}" is a Node built-in; ${member.folder} also runs without Node`];
  }
  const name = packageOf(specifier);
  if (name === member.manifest.name) return [];
  const offences: string[] = [];
  if (name.startsWith(SCOPE) && !layer.mayImport.includes(name.slice(SCOPE.length))) {
    const allowed = layer.mayImport.map((folder) => SCOPE + folder).join(", ") || "no package of this workspace";
    offences.push(`${at}: imports ${name}; ${member.folder} may import ${allowed}`);
  }
  if (!declared(member).includes(name)) {
    offences.push(`${at}: imports ${name}, which ${member.path}/package.json does not declare`);
  }
  return offences;
}

/** `tsc -b` follows references and turbo follows dependencies: they must name the same packages. */
function checkReferences(root: string, member: WorkspacePackage): string[] {
  const path = join(root, member.path, "tsconfig.json");
  if (!existsSync(path)) return [`${member.path}: has no tsconfig.json`];
  const { references = [] } = JSON.parse(readFileSync(path, "utf8")) as { references?: { path: string }[] };
  const referenced = references.map((reference) => SCOPE + reference.path.split("/").at(-1)).toSorted();
  const needed = Object.keys(member.manifest.dependencies ?? {})
    .filter((name) => name.startsWith(SCOPE))
    .toSorted();
  if (referenced.join() === needed.join()) return [];
  return [
    `${member.path}/tsconfig.json: references ${referenced.join(", ") || "nothing"}, but package.json depends on ${needed.join(", ") || "nothing"}`,
  ];
}

function declared({ manifest }: WorkspacePackage): string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
