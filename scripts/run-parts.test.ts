import { expect, test } from "vitest";
import { runChecks } from "./lib/checks.ts";
import { judgeContents } from "./lib/packed.ts";
import { select } from "./lib/selection.ts";
import { closingLine, createTally, exitCode } from "./lib/tally.ts";
import { countTests } from "./lib/vitest-run.ts";

const packages = ["core", "kv"].map((folder) => ({
  folder,
  path: `packages/${folder}`,
  manifest: { name: `@holdfast/${folder}` },
}));

test("a package is chosen by folder or npm name, and a wrong name lists the valid ones", () => {
  expect(select([], packages).projects).toEqual(["core", "kv", "workspace"]);
  expect(select(["--", "core"], packages).projects).toEqual(["core"]);
  expect(select(["@holdfast/kv", "workspace"], packages)).toMatchObject({
    projects: ["kv", "workspace"],
    packages: [packages[1]],
    everything: false,
  });
  expect(() => select(["kvv"], packages)).toThrow('no package "kvv". These can be tested alone: core, kv, workspace.');
});

test("the closing line counts checks and tests, and a run of nothing fails", () => {
  const printed: string[] = [];
  const tally = createTally((text) => void printed.push(text));
  expect(exitCode(tally)).toBe(1);
  tally.check("format", true, 1_234, "quiet");
  tally.add(10, 0);
  expect(closingLine(tally)).toBe("11 passed, 0 failed");
  expect(exitCode(tally)).toBe(0);
  tally.check("lint", false, 50, "a.ts is wrong");
  expect(closingLine(tally)).toBe("11 passed, 1 failed");
  expect(exitCode(tally)).toBe(1);
  expect(printed).toEqual(["  ✓ format  1.2 s", "  ✗ lint  0.1 s", "      a.ts is wrong"]);
});

test("every check ends once, also one that throws", async () => {
  const seen = new Map<string, boolean>();
  await runChecks(
    [
      { name: "good", run: async () => ({ ok: true, output: "" }) },
      { name: "thrown", run: () => Promise.reject(new Error("broken")) },
      { name: "bad", run: async () => ({ ok: false, output: "" }) },
    ],
    ({ name }, { ok }) => void seen.set(name, ok),
  );
  expect(Object.fromEntries(seen)).toEqual({ good: true, thrown: false, bad: false });
});

const file = (status: string, ...tests: string[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((each, index) => ({ fullName: `test ${index}`, status: each })),
});

test("tests are counted, and what fails outside of a test counts too", () => {
  const good = { testResults: [file("passed", "passed", "passed", "pending")] };
  expect(countTests(good, true)).toEqual({ passed: 2, failed: 0, skipped: ["test 2"] });
  // An unhandled rejection.
  expect(countTests(good, false)).toMatchObject({ passed: 2, failed: 1 });
  // A file that does not load beside one whose test fails.
  const bad = { testResults: [file("failed"), file("failed", "passed", "failed")] };
  expect(countTests(bad, false)).toMatchObject({ passed: 1, failed: 2 });
  // Vitest crashed before it wrote anything.
  expect(countTests(undefined, false)).toMatchObject({ passed: 0, failed: 1 });
});

test("a tarball with tests, build state or workspace versions in it is refused", () => {
  const files = ["package/package.json", "package/README.md", "package/LICENSE", "package/dist/index.js"];
  expect(judgeContents(files, '{"dependencies":{"a":"^1.0.0"}}')).toEqual([]);
  const bad = [...files.slice(1), "package/dist/.tsbuildinfo", "package/src/a.test.ts"];
  expect(judgeContents(bad, '{"dependencies":{"a":"workspace:^"}}')).toEqual([
    "ships package/dist/.tsbuildinfo",
    "ships package/src/a.test.ts",
    "lacks package/package.json",
    expect.stringContaining("workspace:"),
  ]);
});
