import type { CacheStore } from "@holdfast/core";
import { vi } from "vitest";
import { type Cache, createCache, type Invalidation } from "../../src/index.ts";
import { gatedStore } from "./gated-store.ts";
import { Scheduler } from "./scheduler.ts";

/** What happens in a scenario. */
export interface Scenario {
  /** The process of each caller, by number. */
  readonly callers: readonly number[];
  readonly invalidate: ((cache: Cache<number>) => Promise<Invalidation>) | undefined;
}

/** How often a waiting caller may look again while others could go on; without a limit schedules never end. */
const MAX_IMPATIENT_LOOKS = 1;
const MAX_STEPS = 300;
/** Longer than any wait between looks at another's lease. */
const LOOK_MS = 2_000;

let namespaces = 0;

/**
 * Plays one schedule of a scenario, on two caches over one store, as two processes would have them. The source
 * counts up; an invalidation follows the change.
 *
 * @returns How many options there were at each point.
 * @throws A caller who started after an invalidation was complete got a value from before it; or the factory ran
 * too often; or something waits for ever.
 */
export async function play(
  store: CacheStore,
  { callers, invalidate }: Scenario,
  choices: readonly number[],
): Promise<readonly number[]> {
  const scheduler = new Scheduler();
  namespaces += 1;
  const namespace = `schedule-${namespaces}`;
  const caches = [0, 1].map((process) =>
    createCache<number>({
      backend: { name: "gated", cache: gatedStore(store, scheduler, `process ${process}`) },
      namespace,
      ttl: "1h",
      leaseTtl: "1h",
      breaker: false,
    }),
  );
  const source = { value: 0, invalidated: 0, reads: 0 };

  const caller = async (process: number, number: number) => {
    await scheduler.turn(`caller ${number} starts`);
    const mustSee = source.invalidated;
    const value = await caches[process]!.getOrSet(
      "key",
      async () => {
        await scheduler.turn(`caller ${number} reads the source`);
        source.reads += 1;
        return source.value;
      },
      { tags: ["tag"] },
    );
    if (value < mustSee) throw new Error(`caller ${number} got ${value} after ${mustSee} was invalidated`);
  };
  const writer = async () => {
    if (!invalidate) return;
    await scheduler.turn("the source changes");
    source.value += 1;
    const written = source.value;
    await invalidate(caches[0]!);
    source.invalidated = written;
  };

  const options = await run(scheduler, choices, [
    ...callers.map((process, number) => caller(process, number)),
    writer(),
  ]);
  let left: number | undefined;
  const reading = caches[1]!.get("key").then((value) => {
    left = value;
  });
  await run(scheduler, [], [reading]);
  if (left !== undefined && left < source.invalidated) {
    throw new Error(`${left} stayed after ${source.invalidated} was invalidated: ${scheduler.log.join(", ")}`);
  }
  const mostReads = invalidate ? 2 : 1;
  if (source.reads > mostReads) {
    throw new Error(`the factory ran ${source.reads} times: ${scheduler.log.join(", ")}`);
  }
  return options;
}

/** @returns How many options there were at each point. */
async function run(
  scheduler: Scheduler,
  choices: readonly number[],
  work: readonly Promise<void>[],
): Promise<number[]> {
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  Promise.all(work).then(
    () => {
      over = true;
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  const options: number[] = [];
  let impatience = 0;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    await scheduler.quiet();
    if (failure) throw new Error(`${String(failure.error)}: ${scheduler.log.join(", ")}`, { cause: failure.error });
    if (over) return options;
    const mayLook = vi.getTimerCount() > 0 && (scheduler.waiting === 0 || impatience < MAX_IMPATIENT_LOOKS);
    const count = scheduler.waiting + (mayLook ? 1 : 0);
    if (count === 0) continue;
    const choice = (choices[options.length] ?? 0) % count;
    options.push(count);
    if (choice < scheduler.waiting) {
      scheduler.release(choice);
    } else {
      impatience += 1;
      scheduler.log.push("whoever waits looks again");
      vi.advanceTimersByTime(LOOK_MS);
    }
  }
  throw new Error(`it never ends: ${scheduler.log.join(", ")}`);
}
