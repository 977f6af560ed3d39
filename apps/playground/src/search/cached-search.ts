import { type CacheEvent, createCache, type FactoryContext, type Invalidation } from "@holdfast/cache";
import type { Backend } from "@holdfast/core";
import { type SearchResult, searchCities } from "../cities/search-cities.ts";
import type { Changes } from "../edits/changes.ts";
import type { CityEdits } from "../edits/city-edits.ts";
import type { SearchInput } from "./search-input.ts";
import { type StoreState, watchStore } from "./store-watch.ts";

/**
 * Where an answer came from: the cache; a scan, now cached; a scan that another request had begun; a scan
 * whose result could not be cached because the store failed.
 */
export type LookupStatus = "hit" | "miss" | "joined" | "bypass";

/** How one lookup went. Times are the server's own. */
export interface LookupReport {
  readonly status: LookupStatus;
  /** The whole lookup, in milliseconds. */
  readonly tookMs: number;
  /** The scan that made this result, whenever that was, in milliseconds. */
  readonly scanMs: number;
  /** The backend's name. */
  readonly backend: string;
}

/** Counted since the start. */
export interface SearchCounters {
  readonly hits: number;
  readonly misses: number;
  readonly factoryRuns: number;
  readonly joined: number;
}

/** Searches that cost a scan once and a lookup afterwards. */
export interface CachedSearch {
  /** Never fails because of the store: without it, every lookup is a scan. */
  find(input: SearchInput): Promise<{ readonly found: SearchResult; readonly cache: LookupReport }>;
  /** @returns Whether the cached result is gone; false if it will be once the store, which did not answer, is back. */
  forget(input: SearchInput): Promise<boolean>;
  /** Forgets every result that shows a city of the country. @returns As `forget`. */
  forgetCountry(country: string): Promise<boolean>;
  counters(): SearchCounters;
  storeState(): StoreState;
}

/** What is cached. */
interface Scan {
  readonly found: SearchResult;
  readonly scanMs: number;
}

const TAG = "country:";

/**
 * Caches for five minutes, under the query's comparable form and the country, with a tag for each country that the
 * result shows.
 */
export function createCachedSearch(backend: Backend, edits: CityEdits, changes: Changes): CachedSearch {
  const cache = createCache<Scan>({
    backend,
    namespace: "atlas",
    ttl: "5m",
    memory: { maxEntries: 500 },
    events: (event) => announce(event, changes),
  });
  const store = watchStore(backend);
  const tellOfStore = (answered: boolean) => {
    if (answered) store.answered();
    else store.failed();
  };
  const isDone = ({ pending }: Invalidation) => {
    tellOfStore(!pending);
    return !pending;
  };

  return {
    async find(input) {
      const began = performance.now();
      const errorsBefore = cache.stats().storeErrors;
      let scanned = false;
      const scan = async (context: FactoryContext<Scan>): Promise<Scan> => {
        scanned = true;
        const result = await runScan(edits, input);
        context.setTags(result.shown.map((country) => TAG + country));
        return result;
      };
      const { status: cacheStatus, value } = await cache.getOrSet(keyOf(input), scan, { detailed: true });
      const failed = cache.stats().storeErrors > errorsBefore;
      tellOfStore(!failed);
      const status = cacheStatus === "miss" ? missStatus(scanned, failed) : "hit";
      const report = { status, tookMs: since(began), scanMs: value.scanMs, backend: backend.name };
      return { found: value.found, cache: report };
    },

    async forget(input) {
      return isDone(await cache.delete(keyOf(input)));
    },

    async forgetCountry(country) {
      return isDone(await cache.invalidateTags(TAG + country));
    },

    counters() {
      const { hits, misses, factoryRuns, joined } = cache.stats();
      return { hits: hits.memory + hits.store, misses, factoryRuns, joined };
    },

    storeState: () => store.state(),
  };
}

function missStatus(scanned: boolean, failed: boolean): LookupStatus {
  if (!scanned) return "joined";
  return failed ? "bypass" : "miss";
}

async function runScan(
  edits: CityEdits,
  { query, country }: SearchInput,
): Promise<Scan & { shown: readonly string[] }> {
  const index = await edits.applied();
  const began = performance.now();
  const found = searchCities(index, query, country);
  const scanMs = since(began);
  return { found, scanMs, shown: [...new Set(found.results.map((city) => city.country))] };
}

/** Tells open pages of changes that were made here, or heard of from another process. */
function announce(event: CacheEvent, changes: Changes): void {
  if (event.type !== "invalidated") return;
  const countries = event.tags.filter((tag) => tag.startsWith(TAG)).map((tag) => tag.slice(TAG.length));
  if (countries.length > 0) changes.announce(countries);
}

/** A query holds no slash in its comparable form. */
function keyOf({ query, country }: SearchInput): string {
  return `${country ?? "any"}/${query}`;
}

/** Milliseconds, to the microsecond. */
function since(began: number): number {
  return Math.round((performance.now() - began) * 1_000) / 1_000;
}
