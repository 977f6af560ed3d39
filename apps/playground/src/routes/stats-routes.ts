import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";

/** `GET /api/stats`: the counters since the start. Asking costs the store nothing. */
export function statsRoutes({ backend, search, index, startedAtMs }: AtlasContext): Hono {
  return new Hono().get("/api/stats", (context) => {
    context.header("Cache-Control", "no-store");
    return context.json({
      backend: backend.name,
      cities: index.cities.length,
      uptimeMs: Math.round(performance.now() - startedAtMs),
      cache: search.counters(),
      store: { ...backend.stats(), state: search.storeState() },
    });
  });
}
