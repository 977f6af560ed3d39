import { type Backend, HoldfastError } from "@holdfast/core";
import { expect } from "vitest";

const CALLERS = 64;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What callers met with while their server failed. */
export interface Load {
  /** The longest that a call took, less what this process itself was late by. */
  slowestMs(): number;
  readonly errors: readonly unknown[];
  /** Steps of the counter that were acknowledged, and those of which it is not known whether they were made. */
  readonly steps: { acknowledged: number; unknown: number };
  /** Waits until a call that began after now succeeds; at most ten seconds. @returns After how many milliseconds. */
  served(): Promise<number>;
  stop(): Promise<void>;
}

/** 64 callers who read, write and count without pause, until they are told to stop. */
export function startLoad({ kv }: Backend): Load {
  const errors: unknown[] = [];
  const steps = { acknowledged: 0, unknown: 0 };
  const lag = watchLag();
  const progress = { running: true, slowestMs: 0, newestSuccess: 0 };
  const call = async (work: () => Promise<unknown>): Promise<unknown> => {
    const startedAt = performance.now();
    let error: unknown;
    try {
      await work();
      progress.newestSuccess = Math.max(progress.newestSuccess, startedAt);
    } catch (reason) {
      error = reason;
      errors.push(reason);
    }
    progress.slowestMs = Math.max(progress.slowestMs, performance.now() - startedAt);
    return error;
  };
  const caller = async (number: number) => {
    while (progress.running) {
      await call(() => kv.get(`key ${number}`));
      await call(() => kv.set(`key ${number}`, "value", { ttlMs: 60_000 }));
      const error = await call(() => kv.increment("count", 1, "forever"));
      if (!error) steps.acknowledged += 1;
      else if ((error as { outcome?: string }).outcome === "unknown") steps.unknown += 1;
      if (error) await sleep(5);
    }
  };
  const done = Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  return {
    errors,
    steps,
    slowestMs: () => progress.slowestMs - lag.worstMs(),
    async served() {
      const from = performance.now();
      const waitedMs = () => performance.now() - from;
      while (progress.newestSuccess < from && waitedMs() < 10_000) await sleep(5);
      return progress.newestSuccess < from ? Number.POSITIVE_INFINITY : waitedMs();
    },
    async stop() {
      progress.running = false;
      await done;
      lag.stop();
    },
  };
}

/** A server that fails and comes back under load: calls end in time, it serves again soon, and nothing acknowledged is lost. */
export async function expectRecovery(
  backend: Backend,
  { fail, recover, timeoutMs }: { fail: () => Promise<void>; recover: () => Promise<void>; timeoutMs: number },
): Promise<void> {
  await backend.kv.delete(["count"]);
  const load = startLoad(backend);
  await sleep(300);
  await fail();
  await sleep(1_500);
  await recover();
  expect(await load.served()).toBeLessThan(2_000);
  await sleep(200);
  await load.stop();
  // Every acknowledged step was on the disk, so it is there once; those of unknown outcome may be there.
  expect(await expectSound(load, backend, timeoutMs)).toBeGreaterThanOrEqual(load.steps.acknowledged);
}

/**
 * What holds whatever failed: calls end in time, with typed errors, and no step of the counter is made twice.
 *
 * @returns The counter.
 */
export async function expectSound(load: Load, { kv }: Backend, timeoutMs: number): Promise<number> {
  expect(load.slowestMs()).toBeLessThan(timeoutMs + 100);
  expect(load.errors.length).toBeGreaterThan(0);
  expect(load.errors.filter((error) => !(error instanceof HoldfastError))).toEqual([]);
  const count = Number(await kv.get("count"));
  expect(count).toBeLessThanOrEqual(load.steps.acknowledged + load.steps.unknown);
  return count;
}

/** How long this process was too busy to notice that time had passed: not the calls' fault. */
function watchLag() {
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 5);
    last = now;
  }, 5);
  return { worstMs: () => worst, stop: () => clearInterval(timer) };
}
