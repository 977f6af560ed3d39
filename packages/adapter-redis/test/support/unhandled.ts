import { afterEach, beforeEach, expect } from "vitest";

/** Fails every test of the file that leaves a rejection behind that nobody handled. */
export function expectNoUnhandledRejections(): void {
  const reasons: unknown[] = [];
  const listener = (reason: unknown) => void reasons.push(reason);
  beforeEach(() => void process.on("unhandledRejection", listener));
  afterEach(async () => {
    // Node reports a rejection once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listener);
    expect(reasons.splice(0)).toEqual([]);
  });
}
