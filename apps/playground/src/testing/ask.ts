import type { CountryCount, FoundCity, MapPoint } from "../cities/search-cities.ts";
import type { LookupReport, SearchCounters } from "../search/cached-search.ts";
import type { StoreState } from "../search/store-watch.ts";

/** The body of `/api/search`. */
export interface SearchAnswer {
  readonly query: string;
  readonly country: string | null;
  readonly total: number;
  readonly results: readonly FoundCity[];
  readonly countries: readonly CountryCount[];
  readonly points: readonly MapPoint[];
  readonly similar: readonly string[];
  readonly cache: LookupReport;
}

/** The body of `/api/stats`. */
export interface StatsAnswer {
  readonly backend: string;
  readonly cities: number;
  readonly uptimeMs: number;
  readonly cache: SearchCounters;
  readonly store: {
    readonly commands: number;
    readonly roundTrips: number;
    readonly errors: number;
    readonly state: StoreState;
  };
}

/** Searches over HTTP, as a client does. */
export async function askSearch(base: string, q: string, country = ""): Promise<SearchAnswer> {
  const response = await fetch(`${base}/api/search?${new URLSearchParams({ q, country }).toString()}`);
  if (response.status !== 200) throw new Error(`search answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as SearchAnswer;
}

/** Reads the counters over HTTP. */
export async function askStats(base: string): Promise<StatsAnswer> {
  return (await (await fetch(`${base}/api/stats`)).json()) as StatsAnswer;
}

/** Changes a city over HTTP. `body` is sent as it is. */
export function askEdit(base: string, id: number | string, body: string): Promise<Response> {
  return fetch(`${base}/api/cities/${id}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body,
  });
}

/** Listens to `/api/events`, from the moment that this resolves. */
export async function listen(base: string): Promise<{ next(): Promise<string> }> {
  const controller = new AbortController();
  const response = await fetch(`${base}/api/events`, { signal: controller.signal });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error("not a stream of events");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = (await reader.read()).value ?? "";
  return {
    /** The data of the first change heard; the stream ends then. */
    async next() {
      let data: RegExpExecArray | null = null;
      while (!data) {
        heard += (await reader.read()).value ?? "";
        data = /event: changed\ndata: (.*)\n/.exec(heard);
      }
      controller.abort();
      return data[1] ?? "";
    },
  };
}
