import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./children.ts";

/** What vitest counted. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  /** Full names of tests that did not run. */
  readonly skipped: readonly string[];
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs tests with their output visible. */
export async function runVitest(
  projects: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<TestCount> {
  const file = join(root, ".test-results", "vitest.json");
  rmSync(file, { force: true });
  const ended = await run(
    "vitest",
    [
      "run",
      ...projects.map((project) => `--project=${project}`),
      "--allowOnly=false",
      "--passWithNoTests",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ],
    { environment, visible: true },
  );
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JsonReport) : undefined;
  return countTests(report, ended.ok);
}

/** Counts a report. What failed outside of every test, such as a file that does not load, counts as one. */
export function countTests(report: JsonReport | undefined, succeeded: boolean): TestCount {
  const tests = report?.testResults.flatMap((file) => file.assertionResults) ?? [];
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  const brokenFiles =
    report?.testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((test) => test.status === "failed"),
    ).length ?? 0;
  const failed = count("failed") + brokenFiles;
  return {
    passed: count("passed"),
    // An unhandled rejection, or a crash of vitest, fails no test by name.
    failed: failed === 0 && !succeeded ? 1 : failed,
    skipped: tests.filter((test) => test.status !== "passed" && test.status !== "failed").map((test) => test.fullName),
  };
}
