/** Counts what passed and failed, and tells it as it happens. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  add(passed: number, failed: number): void;
  /** Counts one named check, and prints it; the details follow when it failed. */
  check(name: string, ok: boolean, elapsedMs: number, details: string): void;
}

export function createTally(print: (text: string) => void): Tally {
  let passed = 0;
  let failed = 0;
  return {
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
    add(morePassed, moreFailed) {
      passed += morePassed;
      failed += moreFailed;
    },
    check(name, ok, elapsedMs, details) {
      if (ok) passed++;
      else failed++;
      print(`  ${ok ? "✓" : "✗"} ${name}  ${seconds(elapsedMs)}`);
      if (!ok) print(indent(details.trim() || "(it said nothing)"));
    },
  };
}

/** The last line of every run, and nothing else on it. */
export function closingLine({ passed, failed }: Pick<Tally, "passed" | "failed">): string {
  return `${passed} passed, ${failed} failed`;
}

/** A run that tested nothing has not succeeded. */
export function exitCode({ passed, failed }: Pick<Tally, "passed" | "failed">): 0 | 1 {
  return failed === 0 && passed > 0 ? 0 : 1;
}

export function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1_000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");
}
