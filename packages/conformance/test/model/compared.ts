import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { AsyncCommand } from "fast-check";
import { outcomeOf, shorten } from "./outcome.ts";

/** The same thing twice: in memory, which is the model, and on the backend under test. */
export interface Pair<Subject> {
  readonly memory: Subject;
  readonly tested: Subject;
}

/** Long enough that what lives for a millisecond is gone on both sides. */
const EXPIRY_WAIT_MS = 8;

/** One step that is taken on both sides, and must come to the same. */
export class Compared<Subject> implements AsyncCommand<object, Pair<Subject>> {
  readonly #name: string;
  readonly #parameters: readonly unknown[];
  readonly #run: (subject: Subject) => Promise<unknown>;
  readonly #waits: boolean;

  /** @param waits Whether something may expire by this step; nobody looks before that is over. */
  constructor(
    name: string,
    parameters: readonly unknown[],
    waits: boolean,
    run: (subject: Subject) => Promise<unknown>,
  ) {
    this.#name = name;
    this.#parameters = parameters;
    this.#waits = waits;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, { memory, tested }: Pair<Subject>): Promise<void> {
    const expected = await outcomeOf(() => this.#run(memory));
    const actual = await outcomeOf(() => this.#run(tested));
    if (!isDeepStrictEqual(actual, expected)) {
      throw new Error(`${this.toString()} came to ${shorten(actual)}; in memory to ${shorten(expected)}`);
    }
    if (this.#waits) await sleep(EXPIRY_WAIT_MS);
  }

  toString(): string {
    return `${this.#name}(${this.#parameters.map(shorten).join(", ")})`;
  }
}
