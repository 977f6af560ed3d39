import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkDependencyRule } from "./lib/dependency-rule.ts";

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** A workspace of two packages, `core` and the one under test. */
function workspace(folder: string, source: string, dependencies: readonly string[], references: string[] = []): string {
  const root = mkdtempSync(join(tmpdir(), "holdfast-rule-"));
  trees.push(root);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const manifest = (name: string, names: readonly string[]): string =>
    JSON.stringify({ name: `@holdfast/${name}`, dependencies: Object.fromEntries(names.map((key) => [key, "*"])) });
  write("packages/core/package.json", manifest("core", []));
  write("packages/core/tsconfig.json", "{}");
  write("packages/core/src/index.ts", "export const one = 1;");
  write(`packages/${folder}/package.json`, manifest(folder, dependencies));
  write(`packages/${folder}/tsconfig.json`, JSON.stringify({ references: references.map((path) => ({ path })) }));
  write(`packages/${folder}/src/part.ts`, "export const two = 2;");
  write(`packages/${folder}/src/index.ts`, source);
  return root;
}

test("accepts core, what is declared, the package's own files and words in comments", () => {
  const source = `
    /** import { redisBackend } from "@holdfast/adapter-redis"; */
    // import "node:fs";
    export { two } from "./part.ts";
    export const text: string = 'import "node:net"';
    import { one } from "@holdfast/core";
    import LRU from "lru-cache/raw";
    export default [one, LRU];`;
  expect(checkDependencyRule(workspace("cache", source, ["@holdfast/core", "lru-cache"], ["../core"]))).toEqual([]);
});

const everyForm = [
  ["an import", (name: string) => `import { x } from "${name}"; export const y = x;`],
  ["an import for effect", (name: string) => `import "${name}";`],
  ["a type import", (name: string) => `import type { X } from "${name}"; export type Y = X;`],
  ["an import in a type", (name: string) => `export type Y = import("${name}").X;`],
  ["a re-export", (name: string) => `export * from "${name}";`],
  ["a lazy import", (name: string) => `export const load = () => import("${name}");`],
  ["a lazy import of a template", (name: string) => `export const load = () => import(\`${name}\`);`],
] as const;

test.each(everyForm)("a feature may not reach an adapter by %s", (_form, write) => {
  const root = workspace("cache", write("@holdfast/adapter-redis"), ["@holdfast/adapter-redis"], ["../adapter-redis"]);
  expect(checkDependencyRule(root)).toEqual([
    "packages/cache/src/index.ts: imports @holdfast/adapter-redis; cache may import @holdfast/core",
  ]);
});

test.each(everyForm)("a package that runs everywhere may not use Node by %s", (_form, write) => {
  for (const folder of ["redis-engine", "adapter-upstash", "adapter-vercel-kv", "kv"]) {
    for (const name of ["node:crypto", "fs/promises"]) {
      expect(checkDependencyRule(workspace(folder, write(name), []))).toEqual([
        expect.stringContaining(`"${name}" is a Node built-in`),
      ]);
    }
  }
});

test.each([
  ["adapter-redis", "@holdfast/cache"],
  ["adapter-memory", "@holdfast/redis-engine"],
  ["kv", "@holdfast/cache"],
  ["redis-engine", "@holdfast/adapter-redis/internal"],
])("%s may not import %s", (folder, specifier) => {
  const name = specifier.split("/").slice(0, 2).join("/");
  const root = workspace(folder, `import "${specifier}";`, [name], [`../${name.slice("@holdfast/".length)}`]);
  expect(checkDependencyRule(root)).toEqual([expect.stringContaining(`imports ${name}`)]);
});

test("only an adapter of Node uses Node", () => {
  expect(checkDependencyRule(workspace("adapter-redis", 'import "node:net";', []))).toEqual([]);
});

test("an undeclared package, a path out of the package, and an unknown layer are offences", () => {
  expect(checkDependencyRule(workspace("kv", 'import "superjson";', []))).toEqual([
    "packages/kv/src/index.ts: imports superjson, which packages/kv/package.json does not declare",
  ]);
  expect(checkDependencyRule(workspace("kv", 'import "../../core/src/index.ts";', []))).toEqual([
    expect.stringContaining("leaves the package"),
  ]);
  expect(checkDependencyRule(workspace("surprise", "export {};", []))).toEqual([
    expect.stringContaining("give this package a layer"),
  ]);
});

test("references and dependencies must agree", () => {
  expect(checkDependencyRule(workspace("kv", "export {};", ["@holdfast/core"]))).toEqual([
    "packages/kv/tsconfig.json: references nothing, but package.json depends on @holdfast/core",
  ]);
});

test("a file that cannot be parsed is an error, not a pass", () => {
  expect(() => checkDependencyRule(workspace("kv", "import {", []))).toThrow(/cannot be parsed/);
});
