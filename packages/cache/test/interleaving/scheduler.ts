/** Something that waits for its turn. */
interface Step {
  readonly label: string;
  readonly run: () => void;
}

/** How long chains of promises are followed before everything counts as waiting. */
const MICROTASKS = 60;

/** Lets nothing happen but what it is told to, one step at a time. */
export class Scheduler {
  readonly #steps: Step[] = [];
  #busy = 0;
  /** What happened, in order. */
  readonly log: string[] = [];

  /** Resolves when it is this step's turn. */
  turn(label: string): Promise<void> {
    return new Promise((resolve) => {
      this.#steps.push({ label, run: resolve });
    });
  }

  /** Runs an operation of the store, which nothing overtakes. */
  async operation<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Resolves when everything waits: for its turn, or for time to pass. */
  async quiet(): Promise<void> {
    do {
      for (let count = 0; count < MICROTASKS; count += 1) await Promise.resolve();
      if (this.#busy > 0) await new Promise((resolve) => setImmediate(resolve));
    } while (this.#busy > 0);
  }

  get waiting(): number {
    return this.#steps.length;
  }

  /** Runs the step at this place among those that wait. */
  release(index: number): void {
    const [step] = this.#steps.splice(index, 1);
    this.log.push(step!.label);
    step!.run();
  }
}

/**
 * Explores schedules depth-first, by replay: `play` gets the choices to make, and says how many there were at each
 * point. Stops at the first schedule that `play` rejects.
 *
 * @param budget How many schedules at the most.
 * @returns How many were played, and whether those were all.
 */
export async function explore(
  play: (choices: readonly number[]) => Promise<readonly number[]>,
  budget: number,
): Promise<{ schedules: number; complete: boolean }> {
  let choices: number[] | undefined = [];
  let schedules = 0;
  while (choices && schedules < budget) {
    const options = await play(choices);
    schedules += 1;
    choices = nextChoices(choices, options);
  }
  return { schedules, complete: choices === undefined };
}

/** Plays schedules chosen at random, the same ones for the same seed. */
export async function sample(
  play: (choices: readonly number[]) => Promise<readonly number[]>,
  schedules: number,
  seed: number,
): Promise<void> {
  let state = seed;
  // mulberry32, a generator of 32 bits of state
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  for (let count = 0; count < schedules; count += 1) await play(Array.from({ length: 200 }, next));
}

/** The next path in lexical order, where the path just played had these numbers of options. */
function nextChoices(played: readonly number[], options: readonly number[]): number[] | undefined {
  const path = options.map((_, index) => played[index] ?? 0);
  for (let index = path.length - 1; index >= 0; index -= 1) {
    if (path[index]! + 1 < options[index]!) return [...path.slice(0, index), path[index]! + 1];
  }
  return undefined;
}
