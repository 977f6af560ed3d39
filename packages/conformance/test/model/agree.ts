import { randomUUID } from "node:crypto";
import { memoryBackend } from "@holdfast/adapter-memory";
import { type Backend, createKeySpace } from "@holdfast/core";
import { createKv } from "@holdfast/kv";
import fc from "fast-check";
import { ids } from "./arbitraries.ts";
import type { Compared, Pair } from "./compared.ts";
import { featureSteps } from "./feature-steps.ts";
import { portSteps } from "./port-steps.ts";
import { sessionSteps } from "./session-steps.ts";

/** Longest sequence of steps. */
const MAX_STEPS = 40;

/** How many sequences; `endOnFailure` to leave the first that fails as it is. */
export type Runs = Pick<fc.Parameters<unknown>, "numRuns" | "endOnFailure">;

/** @throws The key-value ports differ: the message holds the seed and the shortest sequence found. */
export function agreeOnPort(open: () => Promise<Backend>, runs: Runs): Promise<void> {
  return agree(open, runs, portSteps, ({ kv }, namespace) => ({ kv, keys: createKeySpace("k", namespace) }));
}

/** @throws The session ports differ. */
export function agreeOnSessions(open: () => Promise<Backend>, runs: Runs): Promise<void> {
  return agree(open, runs, sessionSteps, ({ sessions }, namespace) => ({ sessions, namespace }));
}

/** @throws What `createKv` gives differs. */
export function agreeOnValues(open: () => Promise<Backend>, runs: Runs): Promise<void> {
  return agree(open, runs, featureSteps, (backend, namespace) => createKv({ backend, namespace }));
}

async function agree<Subject>(
  open: () => Promise<Backend>,
  runs: Runs,
  stepsOf: (drawn: readonly string[]) => fc.Arbitrary<Compared<Subject>>[],
  subjectOf: (backend: Backend, namespace: string) => Subject,
): Promise<void> {
  const backend = await open();
  const plan = ids.chain((drawn) =>
    fc.commands<object, Pair<Subject>, false>(stepsOf(drawn), { maxCommands: MAX_STEPS, size: "max" }),
  );
  try {
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        const namespace = `model-${randomUUID()}`;
        const real = { memory: subjectOf(memoryBackend(), namespace), tested: subjectOf(backend, namespace) };
        await fc.asyncModelRun(() => ({ model: {}, real }), steps);
        await clear(backend, namespace);
      }),
      runs,
    );
  } finally {
    await backend.close();
  }
}

/** Keys that stay would make the next run's scans long. */
async function clear({ kv }: Backend, namespace: string): Promise<void> {
  for (const kind of ["k", "s"] as const) {
    for await (const page of kv.scan(createKeySpace(kind, namespace).prefix, 1_000)) await kv.delete(page);
  }
}
