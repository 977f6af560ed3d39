// `npm test [-- <package>…]`: builds, checks, finds Redis and Chromium, runs the tests, and closes with the line
// `N passed, N failed`, in which each check counts as one test.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { listChecks, runChecks } from "./lib/checks.ts";
import { root, run, stopChildrenOnSignals } from "./lib/children.ts";
import { provision } from "./lib/provisioning.ts";
import { type Selection, select } from "./lib/selection.ts";
import { closingLine, createTally, exitCode, seconds } from "./lib/tally.ts";
import { runVitest } from "./lib/vitest-run.ts";
import { listPackages } from "./lib/workspace.ts";

const begun = performance.now();
const tally = createTally(console.log);

const selection = choose();
if (selection) {
  stopChildrenOnSignals();
  mkdirSync(join(root, ".test-results"), { recursive: true });
  await test(selection);
  heading(`done in ${seconds(performance.now() - begun)}`);
  console.log(closingLine(tally));
  process.exitCode = exitCode(tally);
} else {
  process.exitCode = 2;
}

function choose(): Selection | undefined {
  try {
    return select(process.argv.slice(2), listPackages(root));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function test(chosen: Selection): Promise<void> {
  heading("build");
  const started = performance.now();
  const build = await run("turbo", ["run", "build", "--continue", "--output-logs=errors-only", ...filters(chosen)]);
  tally.check("build", build.ok, performance.now() - started, build.output);
  // Nothing below means anything on yesterday's build.
  if (!build.ok) return;

  heading("checks");
  await runChecks(listChecks(chosen), (check, ended, elapsedMs) => {
    tally.check(check.name, ended.ok, elapsedMs, ended.output);
  });

  heading("servers");
  const found = await provision((message) => console.log(`  ${message}`));
  if (!found.environment) {
    tally.check("servers", false, 0, found.failure);
    return;
  }

  heading(chosen.everything ? "tests" : `tests of ${chosen.projects.join(", ")}`);
  const count = await runVitest(chosen.projects, found.environment);
  tally.add(count.passed, count.failed);
  for (const name of count.skipped) console.log(`  skipped: ${name}`);
}

function heading(text: string): void {
  console.log(`\n${text}`);
}

/** Tests of one package may import any other, but no app: a broken app must not stand in their way. */
function filters({ everything, packages }: Selection): string[] {
  if (everything) return [];
  return ["./packages/*", "./tooling/*", ...packages.map(({ path }) => `./${path}`)].map((path) => `--filter=${path}`);
}
