import type { Backend } from "@holdfast/core";
import { createKv } from "@holdfast/kv";
import { z } from "zod";
import type { City } from "../cities/city.ts";
import type { CityIndex } from "../cities/city-index.ts";

/** What a reader may change about a city. */
export interface CityEdit {
  readonly population: number;
}

export const editSchema: z.ZodType<CityEdit> = z.object({ population: z.number().int().min(0).max(100_000_000) });

/** The readers' changes, kept beside the data set in the store that all processes share. */
export interface CityEdits {
  save(city: City, edit: CityEdit): Promise<void>;
  /** The data set with every change so far. Without the store, as it is. */
  applied(): Promise<CityIndex>;
}

const KEY = "cities";

/** Keeps changes as one hash, a field for each city. */
export function createCityEdits(backend: Backend, original: CityIndex): CityEdits {
  const hash = createKv({ backend, namespace: "atlas-edits", schema: editSchema }).hash(KEY);
  let known = { edits: "", index: original };

  return {
    save: (city, edit) => hash.set({ [city.id]: edit }, { ttl: "forever" }),

    async applied() {
      const edits = await hash.getAll().catch((): Record<string, CityEdit> => ({}));
      const text = JSON.stringify(edits);
      if (text === "{}") return original;
      // Sorting the cities anew is worth it only when something has changed.
      if (text !== known.edits) known = { edits: text, index: applyEdits(original, edits) };
      return known.index;
    },
  };
}

function applyEdits(original: CityIndex, edits: Readonly<Record<string, CityEdit>>): CityIndex {
  const rows = original.cities.map((city, at) => {
    const edit = edits[city.id];
    return { city: edit ? { ...city, ...edit } : city, name: original.names[at]! };
  });
  rows.sort((one, other) => other.city.population - one.city.population);
  return { ...original, cities: rows.map(({ city }) => city), names: rows.map(({ name }) => name) };
}
