import { z } from "zod";
import { normalise } from "../cities/normalise.ts";

/** A search that somebody meant. */
export interface RecentSearch {
  /** As it was typed. */
  readonly q: string;
  readonly country: string | null;
}

export const recentSearchSchema: z.ZodType<RecentSearch> = z.object({
  q: z.string(),
  country: z.string().nullable(),
});

const KEPT = 8;

/** The list with the search in front; spellings that mean the same search are one, and the oldest goes. */
export function withSearch(recent: readonly RecentSearch[], search: RecentSearch): readonly RecentSearch[] {
  const others = recent.filter((other) => !isSame(other, search));
  return [search, ...others].slice(0, KEPT);
}

function isSame(one: RecentSearch, other: RecentSearch): boolean {
  return one.country === other.country && normalise(one.q) === normalise(other.q);
}
