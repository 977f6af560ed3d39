import type { City } from "./city.ts";
import { normalise } from "./normalise.ts";

/** The data set in the form that scans use. */
export interface CityIndex {
  /** Most populous first. */
  readonly cities: readonly City[];
  /** The comparable form of each name, in the same order. */
  readonly names: readonly string[];
  /** Codes that occur, each with its English name, in the order of the names. */
  readonly countries: ReadonlyMap<string, string>;
}

/** Computes once what every scan needs. */
export function indexCities(cities: readonly City[]): CityIndex {
  return { cities, names: cities.map((city) => normalise(city.name)), countries: nameCountries(cities) };
}

function nameCountries(cities: readonly City[]): ReadonlyMap<string, string> {
  const english = new Intl.DisplayNames(["en"], { type: "region" });
  const codes = [...new Set(cities.map((city) => city.country))];
  const named = codes.map((code): [string, string] => [code, english.of(code) ?? code]);
  return new Map(named.toSorted(([, one], [, other]) => one.localeCompare(other, "en")));
}
