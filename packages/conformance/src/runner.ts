/** What the suite uses of a test runner's matchers. */
export interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
}

/** The functions of a test runner, as Vitest, Jest and Bun have them. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: ((name: string, body: () => Promise<void>) => unknown) & {
    /** Reports a test as skipped; without it the reason is only printed. */
    readonly skip?: (name: string, body: () => Promise<void>) => unknown;
  };
  readonly expect: (actual: unknown) => Matchers;
}
