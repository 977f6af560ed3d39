import { createServer, type Server } from "node:http";
import type { Backend } from "@holdfast/core";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.ts";
import { indexCities } from "./cities/city-index.ts";
import { loadCities } from "./cities/load-cities.ts";
import { type Changes, createChanges } from "./edits/changes.ts";
import { createCityEdits } from "./edits/city-edits.ts";
import { listen } from "./http/listen.ts";
import { createCachedSearch } from "./search/cached-search.ts";
import { createAtlasSessions } from "./sessions/atlas-sessions.ts";

/** How long requests under way may take to end once Atlas is told to stop. */
const DRAIN_MS = 2_000;

export interface StartOptions {
  /** Closed with Atlas. */
  readonly backend: Backend;
  readonly host: string;
  /** 0 takes any free port; a taken port gives way to one of the next twenty. */
  readonly port: number;
  /** Is told of progress, a line at a time. */
  readonly say: (line: string) => void;
}

/** A running server. */
export interface Atlas {
  readonly url: string;
  /** Ends requests under way, the server and the backend. Repeating it does nothing more. */
  close(): Promise<void>;
}

/**
 * Loads the cities, then serves.
 *
 * @throws The system's error, if it cannot listen; the backend is closed then.
 */
export async function startAtlas({ backend, host, port, say }: StartOptions): Promise<Atlas> {
  const startedAtMs = performance.now();
  const index = indexCities(loadCities());
  say(`${index.cities.length.toLocaleString("en")} cities ready in ${Math.round(performance.now() - startedAtMs)} ms.`);
  const changes = createChanges();
  const edits = createCityEdits(backend, index);
  const search = createCachedSearch(backend, edits, changes);
  const sessions = createAtlasSessions(backend);
  const app = await createApp({ index, backend, search, edits, changes, sessions, startedAtMs });
  const handle = getRequestListener(app.fetch);
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  try {
    const actualPort = await listen(server, host, port, say);
    let closing: Promise<void> | undefined;
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`,
      close: () => (closing ??= stop(server, backend, changes)),
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

async function stop(server: Server, backend: Backend, changes: Changes): Promise<void> {
  changes.close();
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await ended;
  clearTimeout(cut);
  await backend.close();
}
