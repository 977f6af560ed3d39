/** One thing to be measured: `work` does `operations` of it. */
export interface Contestant {
  readonly name: string;
  readonly work: () => unknown;
  /** How many operations one call of `work` is. @default 1 */
  readonly operations?: number;
}

/** A contestant's speed. */
export interface Measured {
  readonly name: string;
  /** The median over all rounds. */
  readonly nsPerOperation: number;
  /** As a multiple of the first contestant's in the same round; the median over all rounds. */
  readonly ratio: number;
}

const ROUNDS = 9;
const ROUND_MS = 150;
const WARM_UP_ROUNDS = 3;

/**
 * Measures contestants in turn, round by round, and compares each with the first in the same round: the machine's moods
 * fall on neighbours alike. Medians over the rounds.
 */
export async function measure(contestants: readonly Contestant[]): Promise<Measured[]> {
  const samples = contestants.map(() => [] as number[]);
  const batches = contestants.map(() => 1);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const [index, { work, operations = 1 }] of contestants.entries()) {
      const nsPerCall = await oneRound(work, batches[index]!);
      batches[index] = Math.max(1, Math.round((ROUND_MS * 1e6) / nsPerCall));
      if (round >= 0) samples[index]!.push(nsPerCall / operations);
    }
  }
  return summarize(contestants, samples);
}

/** Something that measures itself: each sample is nanoseconds for each operation. */
export interface Sampled {
  readonly name: string;
  readonly sample: (round: number) => Promise<number>;
}

/** Compares what measures itself: in turn, round by round, each with the first of the same round. Medians. */
export async function compare(contestants: readonly Sampled[], rounds: number): Promise<Measured[]> {
  const samples = contestants.map(() => [] as number[]);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const [index, { sample }] of contestants.entries()) {
      const nsPerOperation = await sample(round + WARM_UP_ROUNDS);
      if (round >= 0) samples[index]!.push(nsPerOperation);
    }
  }
  return summarize(contestants, samples);
}

function summarize(contestants: readonly { readonly name: string }[], samples: readonly number[][]): Measured[] {
  return contestants.map(({ name }, index) => ({
    name,
    nsPerOperation: median(samples[index]!),
    ratio: median(samples[index]!.map((ns, round) => ns / samples[0]![round]!)),
  }));
}

/** @returns Nanoseconds for each call. */
async function oneRound(work: Contestant["work"], calls: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - startedAt) / calls;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The value below which this part of the values lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

/** So many callers at once, each on keys of their own. */
export function atOnce(callers: number, call: (key: number) => Promise<unknown>): Contestant["work"] {
  let next = 0;
  return () =>
    Promise.all(
      Array.from({ length: callers }, () => {
        next = (next + 1) % 128;
        return call(next);
      }),
    );
}
