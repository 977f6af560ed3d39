import type { CacheSlot } from "@holdfast/core";
import { scatter } from "../texts.ts";

/** Items whose keys share a cluster slot, and where they were. */
export interface Group<Item> {
  readonly items: readonly Item[];
  readonly positions: readonly number[];
}

/** Runs once for all items, or on a cluster once for each slot, and puts the results back in order. */
export async function bySlot<Item extends { readonly slot: CacheSlot }, Result>(
  items: readonly Item[],
  slotOf: ((key: string) => number) | undefined,
  run: (group: Group<Item>) => Promise<Result[]>,
): Promise<Result[]> {
  if (items.length === 0) return [];
  if (!slotOf || items.length === 1) return run({ items, positions: [...items.keys()] });
  const buckets = items.map(({ slot }) => slot.bucket);
  return scatter(buckets, slotOf, (positions) =>
    run({ items: positions.map((position) => items[position]!), positions }),
  );
}
