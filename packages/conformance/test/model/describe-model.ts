import type { Backend } from "@holdfast/core";
import { describe, expect, test } from "vitest";
import { agreeOnPort, agreeOnSessions, agreeOnValues } from "./agree.ts";

/**
 * Takes random steps on memory and on another backend, and compares them one by one. A failure prints the seed and
 * the path that repeat it, and the shortest sequence found.
 */
export function describeModel(name: string, open: () => Promise<Backend>, numRuns: number): void {
  describe(`${name} and memory agree`, () => {
    test("on every operation of the key-value port", async () => {
      await expect(agreeOnPort(open, { numRuns })).resolves.toBeUndefined();
    });

    test("on every operation of the session port", async () => {
      await expect(agreeOnSessions(open, { numRuns })).resolves.toBeUndefined();
    });

    test("on values of every type", async () => {
      await expect(agreeOnValues(open, { numRuns })).resolves.toBeUndefined();
    });
  });
}
