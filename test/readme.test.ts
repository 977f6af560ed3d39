import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeBlock, readCodeBlocks } from "./readme/code-blocks.ts";
import { compile, type Program, runProgram } from "./readme/programs.ts";

const root = join(import.meta.dirname, "..");
const documents = ["README.md", "packages/*/README.md", "docs/**/*.md"].flatMap((pattern) =>
  globSync(pattern, { cwd: root }).toSorted(),
);
const blocks = documents.flatMap((document) => readCodeBlocks(document, readFileSync(join(root, document), "utf8")));

let redis: RedisHandle;
let gateway: GatewayHandle;
beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis });
});
afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

/** Real servers under the names that the documents tell users to set. */
function environment(): Record<string, string> {
  const { url, token } = gateway;
  return {
    REDIS_URL: redis.url,
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: token,
    KV_REST_API_URL: url,
    KV_REST_API_TOKEN: token,
  };
}

test("the workspace and every published package have a README", () => {
  const folders = globSync("packages/*", { cwd: root });
  const missing = ["README.md", ...folders.map((folder) => `${folder}/README.md`)].filter(
    (path) => !existsSync(join(root, path)),
  );
  expect(missing).toEqual([]);
});

describe("every program in the documents", () => {
  let compiled: ReturnType<typeof compile>;
  beforeAll(() => {
    compiled = compile("readme", blocks);
  });

  test.for(blocks.map((block, index) => [`${block.document}:${block.line}`, index] as const))(
    "%s",
    async ([_place, index]) => {
      const program = compiled.programs[index];
      if (!program) throw new Error("This block was not compiled.");
      expect(compiled.faults.get(program.file) ?? "compiles").toBe("compiles");
      if (program.block.mode === "compile") return;
      const { code, output } = await runProgram(program, environment());
      expect(code, output).toBe(0);
    },
  );
});

describe("this test can fail", () => {
  const compileOne = (markdown: string): { fault: string; program: Program; block: CodeBlock } => {
    const { programs, faults } = compile("readme-self-test", readCodeBlocks("bad.md", markdown));
    const [program] = programs as [Program];
    return { fault: faults.get(program.file) ?? "", program, block: program.block };
  };

  test("on a type error, which it places in the document", () => {
    const { fault } = compileOne('# Title\n\n```ts compile\nconst n: number = "text";\n```\n');
    expect(fault).toMatch(/^bad\.md-3\.ts\(4,7\): error TS2322/);
  });

  test("on an import that a user could not make", () => {
    expect(compileOne('```ts\nimport { nothing } from "@holdfast/core";\nnothing();\n```').fault).toContain("TS2305");
    expect(compileOne('```js\nimport "@holdfast/no-such-package";\n```').fault).toContain("TS2882");
  });

  test("on a program that throws", async () => {
    const { fault, program } = compileOne('```ts\nthrow new Error("as it should");\n```');
    expect(fault).toBe("");
    expect(await runProgram(program, {})).toMatchObject({ code: 1, output: expect.stringContaining("as it should") });
  });

  test("blocks that continue are one program, with the document's line numbers", async () => {
    const markdown =
      "```ts\nconst one: number = 1;\n```\nWords.\n```sh\nnpm i\n```\n```ts continues\nconsole.log(one + 1, two);\n```\n";
    const { fault } = compileOne(markdown);
    expect(fault).toMatch(/^bad\.md-1\.ts\(9,22\): error TS2304/);
    const { program } = compileOne(markdown.replace(", two", ""));
    expect(await runProgram(program, {})).toEqual({ code: 0, output: "2\n" });
  });

  test("on fences that it cannot judge", () => {
    expect(() => readCodeBlocks("a.md", "```ts maybe\n```")).toThrow('a.md:1: "maybe" is not known');
    expect(() => readCodeBlocks("a.md", "```ts continues\n```")).toThrow("no block");
    expect(() => readCodeBlocks("a.md", "```ts\n")).toThrow("not closed");
  });
});
