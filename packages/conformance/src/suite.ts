import type { Backend, CallOptions, HoldfastError } from "@holdfast/core";
import type { Harness } from "./harness.ts";
import type { Matchers, TestRunner } from "./runner.ts";

/** One hour: longer than any test. */
export const LONG_MS = 3_600_000;
/** Expires within a test. */
export const SHORT_MS = 40;

/** What a test works with. */
export interface Suite {
  readonly expect: (actual: unknown) => Matchers;
  /** Opens a handle, which is closed after the test. */
  readonly open: () => Promise<Backend>;
  /** A stored key of this test's own. */
  readonly key: (id: string) => string;
  /** A namespace of this test's own. */
  readonly namespace: string;
  /** Lets the store's time pass. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets time pass for the store and for this process. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A named test. */
export type Case = readonly [name: string, run: (suite: Suite) => Promise<void>];

/** Tests of one store or feature. */
export interface Section {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** Runs one test with handles and keys of its own. */
export async function runCase(run: Case[1], harness: Harness, { expect }: Pick<TestRunner, "expect">): Promise<void> {
  const handles: Backend[] = [];
  const keys: string[] = [];
  const namespace = `conformance-${crypto.randomUUID()}`;
  try {
    await run({
      expect,
      namespace,
      async open() {
        const handle = await harness.open();
        handles.push(handle);
        return handle;
      },
      key(id) {
        const key = `hf:k:${namespace}:${id}`;
        keys.push(key);
        return key;
      },
      advance: (ms) => (harness.advance ? harness.advance(ms) : sleep(ms + MARGIN_MS)),
      async wait(ms) {
        await harness.advance?.(ms);
        await sleep(ms + MARGIN_MS);
      },
    });
  } finally {
    // Neither of these may hide the test's own failure.
    const cleaner = keys.length > 0 ? await harness.open().catch(() => undefined) : undefined;
    await cleaner?.kv.delete(keys).catch(() => {});
    await Promise.allSettled([...handles, ...(cleaner ? [cleaner] : [])].map((handle) => handle.close()));
  }
}

/** Two clocks may round a millisecond in different ways. */
const MARGIN_MS = 10;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @returns The error's code; its class for an error without one; `"no error"` if there was none. */
export async function codeOf(call: PromiseLike<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof call === "function" ? call() : call);
    return "no error";
  } catch (error) {
    if (!(error instanceof Error)) return `not an error: ${typeof error}`;
    return (error as Partial<HoldfastError>).code ?? error.constructor.name;
  }
}

/** @returns What was thrown, or `undefined`. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A call that is over before it begins. */
export function aborted(reason: unknown): CallOptions {
  return { signal: AbortSignal.abort(reason) };
}

/** Waits until something becomes so; some seconds at the longest. @returns Whether it did. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 10) {
    if (await isSo()) return true;
    await sleep(10);
  }
  return false;
}
