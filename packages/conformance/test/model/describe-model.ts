import { randomUUID } from "node:crypto";
import { memoryBackend } from "@holdfast/adapter-memory";
import { type Backend, createKeySpace } from "@holdfast/core";
import { createKv } from "@holdfast/kv";
import fc from "fast-check";
import { describe, test } from "vitest";
import { ids } from "./arbitraries.ts";
import { featureSteps } from "./feature-steps.ts";
import { portSteps } from "./port-steps.ts";

/** Longest sequence of steps. */
const MAX_STEPS = 40;

/**
 * Takes random steps on memory and on another backend, and compares them one by one. A failure prints the seed and
 * the path that repeat it, and the shortest sequence found.
 */
export function describeModel(name: string, open: () => Promise<Backend>, runs: number): void {
  describe(`${name} and memory agree`, () => {
    test("on every operation of the key-value port", () =>
      compare(open, runs, (drawn) =>
        fc.commands(portSteps(drawn), { maxCommands: MAX_STEPS, size: "max" }).map((steps) => ({
          steps,
          // The same namespace on both sides: its length counts where a client counts bytes.
          setUp: (memory: Backend, tested: Backend) => {
            const keys = createKeySpace("k", `model-${randomUUID()}`);
            return { memory: { kv: memory.kv, keys }, tested: { kv: tested.kv, keys } };
          },
        })),
      ));

    test("on values of every type", () =>
      compare(open, runs, (drawn) =>
        fc.commands(featureSteps(drawn), { maxCommands: MAX_STEPS, size: "max" }).map((steps) => ({
          steps,
          setUp: (memory: Backend, tested: Backend) => {
            const namespace = `model-${randomUUID()}`;
            return {
              memory: createKv({ backend: memory, namespace }),
              tested: createKv({ backend: tested, namespace }),
            };
          },
        })),
      ));
  });
}

/** Steps to take, and what they are taken on. */
interface Plan<Subject> {
  readonly steps: Iterable<fc.AsyncCommand<object, { memory: Subject; tested: Subject }>>;
  readonly setUp: (memory: Backend, tested: Backend) => { memory: Subject; tested: Subject };
}

async function compare<Subject>(
  open: () => Promise<Backend>,
  numRuns: number,
  plan: (ids: readonly string[]) => fc.Arbitrary<Plan<Subject>>,
): Promise<void> {
  const tested = await open();
  try {
    await fc.assert(
      fc.asyncProperty(ids.chain(plan), async ({ steps, setUp }) => {
        await using memory = memoryBackend();
        await fc.asyncModelRun(() => ({ model: {}, real: setUp(memory, tested) }), steps);
      }),
      { numRuns, endOnFailure: false },
    );
  } finally {
    await tested.close();
  }
}
