import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";
import { problemResponse } from "../http/problem.ts";
import { voidedResponse } from "../http/voided.ts";
import { createInputParser } from "../search/search-input.ts";

/**
 * `GET /api/search?q=…&country=…` searches; `DELETE` with the same parameters forgets the cached result,
 * so that the next search scans again. 202 says that the store is away, and the result goes once it is back.
 */
export function searchRoutes({ search, index }: AtlasContext): Hono {
  const parse = createInputParser(index.countries);
  return new Hono()
    .get("/api/search", async (context) => {
      const parsed = parse(context.req.query("q"), context.req.query("country"));
      if (!parsed.ok) return refuse(parsed.advice);
      const { input } = parsed;
      const { found, cache } = await search.find(input);
      context.header("Cache-Control", "no-store");
      context.header("Server-Timing", `lookup;dur=${cache.tookMs};desc="${cache.status}"`);
      return context.json({ query: input.query, country: input.country ?? null, ...found, cache });
    })
    .delete("/api/search", async (context) => {
      const parsed = parse(context.req.query("q"), context.req.query("country"));
      if (!parsed.ok) return refuse(parsed.advice);
      return voidedResponse(context, await search.forget(parsed.input));
    });
}

function refuse(advice: string): Response {
  return problemResponse({ status: 400, title: "That search cannot be run", detail: advice });
}
