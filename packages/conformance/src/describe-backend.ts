import type { Harness } from "./harness.ts";
import type { TestRunner } from "./runner.ts";
import { SECTIONS } from "./sections.ts";
import { runCase, type Section } from "./suite.ts";

/**
 * Declares the tests that every backend passes, in the runner whose functions are given.
 *
 * @param name Of the backend, for the report.
 * @throws {RangeError} A skip names no section or test, or gives no reason. Nothing was declared.
 */
export function describeBackend(name: string, harness: Harness, runner: TestRunner): void {
  const reasons = checkedReasons(harness, SECTIONS);
  runner.describe(`${name} conforms`, () => {
    for (const section of SECTIONS) {
      runner.describe(section.name, () => {
        for (const [title, run] of section.cases) {
          const body = () => runCase(run, harness, runner);
          const reason = reasons.get(section.name) ?? reasons.get(`${section.name}: ${title}`);
          if (reason === undefined) runner.it(title, body);
          else skip(title, reason, body, runner);
        }
      });
    }
  });
}

/** Every section with the names of its tests: what `skip` may name. */
export function listTests(): readonly string[] {
  return SECTIONS.flatMap(({ name, cases }) => cases.map(([title]) => `${name}: ${title}`));
}

function skip(title: string, reason: string, body: () => Promise<void>, { it }: TestRunner): void {
  const declared = `${title} [skipped: ${reason}]`;
  if (it.skip) it.skip(declared, body);
  else console.warn(declared);
}

/** A skip that skips nothing is an error: its test was renamed, and runs. */
function checkedReasons({ skip: skips = [] }: Harness, sections: readonly Section[]): Map<string, string> {
  const known = new Set([...sections.map(({ name }) => name), ...listTests()]);
  for (const { test, reason } of skips) {
    if (!known.has(test)) throw new RangeError(`skip: there is no section or test ${JSON.stringify(test)}.`);
    if (reason.trim() === "") throw new RangeError(`skip: ${JSON.stringify(test)} needs a reason.`);
  }
  return new Map(skips.map(({ test, reason }) => [test, reason]));
}
