import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "vite";

/** One import in one file, of any form: static, re-export, dynamic, or in a type. */
export interface ImportOf {
  /** The importing file, as a full path. */
  readonly file: string;
  /** As written, such as `"./keys.ts"` or `"@holdfast/core"`. */
  readonly specifier: string;
}

/** Every import of the shipped sources below a folder: tests are left out. */
export function listImports(sourceFolder: string): ImportOf[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|tsx|mts)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .toSorted()
    .flatMap((name) => {
      const file = join(sourceFolder, name);
      return parseImports(file, readFileSync(file, "utf8")).map((specifier) => ({ file, specifier }));
    });
}

/** @throws {Error} The file is not valid TypeScript: what it imports cannot be known. */
function parseImports(file: string, text: string): string[] {
  const { module, program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const found = new Set<string>();
  for (const { moduleRequest } of module.staticImports) found.add(moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) found.add(moduleRequest.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[1]) found.add(literal[1]);
  }
  new Visitor({ TSImportType: (node) => void found.add(node.source.value) }).visit(program);
  return [...found];
}
