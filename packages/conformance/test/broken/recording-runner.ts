import type { TestRunner } from "@holdfast/conformance";
import { expect } from "vitest";

/** A test of the suite, by its section. */
export interface Recorded {
  readonly section: string;
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** A test runner that keeps what is declared instead of running it: any runner will do. */
export class RecordingRunner implements TestRunner {
  readonly tests: Recorded[] = [];
  readonly skipped: string[] = [];
  readonly expect = expect;
  readonly #path: string[] = [];

  readonly describe = (name: string, body: () => void): void => {
    this.#path.push(name);
    body();
    this.#path.pop();
  };

  readonly it: TestRunner["it"] = Object.assign(
    (title: string, run: () => Promise<void>): void => {
      this.tests.push({ section: this.#path.at(-1) ?? "", title, run });
    },
    { skip: (title: string): void => void this.skipped.push(title) },
  );

  /** Runs a section's tests until one fails. @returns Its title, or `undefined` if all pass. */
  async firstFailure(section: string): Promise<string | undefined> {
    const tests = this.tests.filter((test) => test.section === section);
    if (tests.length === 0) throw new Error(`There is no section ${section}.`);
    for (const { title, run } of tests) {
      const passed = await run().then(
        () => true,
        () => false,
      );
      if (!passed) return title;
    }
    return undefined;
  }
}
