import { type Ended, root, run } from "./children.ts";
import { checkDependencyRule } from "./dependency-rule.ts";
import { checkPacked } from "./packed.ts";
import type { Selection } from "./selection.ts";

/** One named check; it counts as one test. */
export interface Check {
  readonly name: string;
  run(): Promise<Ended>;
}

/** The checks of a run: all, or for chosen packages those that can look at a part. */
export function listChecks({ packages, everything }: Selection): Check[] {
  const paths = everything ? ["."] : packages.map(({ path }) => path);
  const checks: Check[] = [
    { name: "types of the tests", run: () => run("tsc", ["-p", "tsconfig.tests.json"]) },
    { name: "who imports whom", run: async () => report(checkDependencyRule(root)) },
  ];
  if (paths.length > 0) {
    checks.unshift(
      { name: "lint", run: () => run("oxlint", ["--type-aware", "--deny-warnings", ...paths]) },
      { name: "format", run: () => run("biome", ["check", "--error-on-warnings", ...paths]) },
    );
  }
  // What is unused shows only in the whole.
  if (everything) checks.push({ name: "unused code", run: () => run("knip", ["--no-progress"]) });
  const packed = packages.filter(({ manifest }) => !manifest.private);
  return [...checks, ...packed.map((member) => ({ name: `pack ${member.folder}`, run: () => checkPacked(member) }))];
}

/** Runs them, two at a time: as many as the smallest machine has cores. */
export async function runChecks(
  checks: readonly Check[],
  onEnd: (check: Check, ended: Ended, elapsedMs: number) => void,
): Promise<void> {
  const waiting = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = performance.now();
      const ended = await check.run().catch((error: unknown) => ({ ok: false, output: String(error) }));
      onEnd(check, ended, performance.now() - started);
    }
  };
  await Promise.all([worker(), worker()]);
}

function report(offences: readonly string[]): Ended {
  return { ok: offences.length === 0, output: offences.join("\n") };
}
