import type { Backend } from "@holdfast/core";

/** A test that a backend cannot pass, and why. */
export interface Skip {
  /** A section, `"bus"`, or one of its tests, `"bus: messages arrive in order"`; see `listTests()`. */
  readonly test: string;
  /** Printed wherever the test would have run. */
  readonly reason: string;
}

/** How the suite gets at a backend. */
export interface Harness {
  /**
   * Opens another handle on the SAME storage, as another process would. The suite closes every handle that it opened,
   * and removes its keys; it works under keys of its own, so that the storage may hold other data.
   */
  open(): Promise<Backend>;
  /** Moves the store's clock, where a test can. Otherwise the suite waits in real time, some seconds in all. */
  advance?(ms: number): Promise<void>;
  readonly skip?: readonly Skip[];
}
