import type { Backend } from "@holdfast/core";
import type { CityIndex } from "./cities/city-index.ts";
import type { CachedSearch } from "./search/cached-search.ts";

/** What routes work with; made once at the start. */
export interface AtlasContext {
  readonly index: CityIndex;
  readonly backend: Backend;
  readonly search: CachedSearch;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
}
