import type { City } from "./city.ts";
import type { CityIndex } from "./city-index.ts";
import { editDistance } from "./edit-distance.ts";

const SUGGESTED = 6;
/** From this many letters on, two slips are forgiven instead of one. */
const LONG_QUERY = 6;
const SHORTEST_QUERY = 3;

/**
 * Names that differ from the query by a slip of the finger: nearest first, then most populous.
 *
 * @param query In the form that `normalise` gives.
 * @returns Up to six names, each once; none for queries under three letters.
 */
export function findSimilarNames(index: CityIndex, query: string, country?: string): readonly string[] {
  if (query.length < SHORTEST_QUERY) return [];
  const limit = query.length < LONG_QUERY ? 1 : 2;
  const byDistance: City[][] = Array.from({ length: limit }, () => []);
  for (let at = 0; at < index.names.length; at++) {
    const distance = editDistance(query, index.names[at]!, limit);
    if (distance === 0 || distance > limit) continue;
    const city = index.cities[at]!;
    if (country === undefined || city.country === country) byDistance[distance - 1]!.push(city);
  }
  return [...new Set(byDistance.flat().map((city) => city.name))].slice(0, SUGGESTED);
}
