import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startProgram } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-start-program-"));
afterAll(() => rmSync(folder, { recursive: true }));

function program(text: string): { args: string[]; folder: string; ready: RegExp } {
  const path = join(folder, `${Math.random()}.mjs`);
  writeFileSync(path, text);
  return { args: [path, "argument"], folder, ready: /at port (\d+)\n/ };
}

const SERVES = `
import { createServer } from "node:http";
const server = createServer((_, response) => response.end(process.argv[2] + process.env.GIVEN + process.env.OTHER));
server.listen(0, () => console.log("at port " + server.address().port));
`;

test("a program is started with what it is given and nothing else, and stopped", async () => {
  process.env["OTHER"] = "leaks";
  const { announced, output, stop } = await startProgram({ ...program(SERVES), environment: { GIVEN: "given" } });
  const url = `http://127.0.0.1:${announced}`;
  expect(await (await fetch(url)).text()).toBe("argumentgivenundefined");
  expect(output()).toBe(`at port ${announced}\n`);
  await stop();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("one that ends instead is told of with what it printed", async () => {
  await expect(startProgram(program('console.error("no luck"); process.exit(1)'))).rejects.toThrow(/no luck/);
});
