import type { City } from "./city.ts";
import type { CityIndex } from "./city-index.ts";
import { findSimilarNames } from "./similar-names.ts";

/** How many cities are listed; `total` counts all of them. */
const LISTED = 50;
/** How many matches are drawn on the map. */
const PLOTTED = 600;
const COUNTRIES_LISTED = 12;

/** A city with its country spelled out. */
export interface FoundCity extends City {
  readonly countryName: string;
}

/** Where one match lies; degrees and inhabitants. */
export type MapPoint = readonly [longitude: number, latitude: number, population: number];

/** How many matches a country has. */
export interface CountryCount {
  readonly code: string;
  readonly name: string;
  readonly count: number;
}

/** Everything that the page shows for one query; plain data, so it is stored as its JSON. */
export interface SearchResult {
  readonly total: number;
  readonly results: readonly FoundCity[];
  readonly countries: readonly CountryCount[];
  readonly points: readonly MapPoint[];
  /** Other names within a slip or two of the query. */
  readonly similar: readonly string[];
}

/**
 * Looks at every name. Names with a word that begins with the query come before names that hold it
 * elsewhere; within each group the most populous comes first.
 *
 * There is no search index on purpose: this is the slow work that the cache saves.
 *
 * @param query In the form that `normalise` gives; not empty.
 * @param country Two-letter code; every country if absent.
 */
export function searchCities(index: CityIndex, query: string, country?: string): SearchResult {
  const beginning: City[] = [];
  const inside: City[] = [];
  const wordStart = ` ${query}`;
  for (let at = 0; at < index.names.length; at++) {
    const name = index.names[at]!;
    if (!name.includes(query)) continue;
    const city = index.cities[at]!;
    if (country !== undefined && city.country !== country) continue;
    if (name.startsWith(query) || name.includes(wordStart)) beginning.push(city);
    else inside.push(city);
  }
  const matches = beginning.concat(inside);
  return {
    total: matches.length,
    results: matches.slice(0, LISTED).map((city) => ({ ...city, countryName: countryName(index, city.country) })),
    countries: countCountries(index, matches),
    points: matches.slice(0, PLOTTED).map(({ longitude, latitude, population }) => [longitude, latitude, population]),
    similar: findSimilarNames(index, query, country),
  };
}

function countCountries(index: CityIndex, matches: readonly City[]): readonly CountryCount[] {
  const counts = new Map<string, number>();
  for (const { country } of matches) counts.set(country, (counts.get(country) ?? 0) + 1);
  return [...counts]
    .map(([code, count]) => ({ code, name: countryName(index, code), count }))
    .toSorted((one, other) => other.count - one.count || one.name.localeCompare(other.name, "en"))
    .slice(0, COUNTRIES_LISTED);
}

function countryName(index: CityIndex, code: string): string {
  return index.countries.get(code) ?? code;
}
