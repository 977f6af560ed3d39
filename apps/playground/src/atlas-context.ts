import type { Backend } from "@holdfast/core";
import type { CityIndex } from "./cities/city-index.ts";
import type { Changes } from "./edits/changes.ts";
import type { CityEdits } from "./edits/city-edits.ts";
import type { CachedSearch } from "./search/cached-search.ts";
import type { AtlasSessions } from "./sessions/atlas-sessions.ts";

/** What routes work with; made once at the start. */
export interface AtlasContext {
  readonly index: CityIndex;
  readonly backend: Backend;
  readonly search: CachedSearch;
  readonly edits: CityEdits;
  readonly changes: Changes;
  readonly sessions: AtlasSessions;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
}
