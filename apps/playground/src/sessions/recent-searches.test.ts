import { expect, it } from "vitest";
import { type RecentSearch, withSearch } from "./recent-searches.ts";

const search = (q: string, country: string | null = null): RecentSearch => ({ q, country });

it("keeps the eight latest, the latest first", () => {
  let recent: readonly RecentSearch[] = [];
  for (const q of ["a", "b", "c", "d", "e", "f", "g", "h", "i"]) recent = withSearch(recent, search(q));
  expect(recent.map(({ q }) => q).join("")).toBe("ihgfedcb");
});

it("has spellings of the same search once, as typed last, and each country's by itself", () => {
  const recent = [search("Zürich"), search("zurich", "CH"), search("lima")];
  expect(withSearch(recent, search("ZURICH"))).toEqual([search("ZURICH"), search("zurich", "CH"), search("lima")]);
});
