import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";
import { editSchema } from "../edits/city-edits.ts";
import { problemResponse } from "../http/problem.ts";
import { voidedResponse } from "../http/voided.ts";

/**
 * `PUT /api/cities/:id` with `{ "population": n }` changes a city for everybody: every cached search that shows a city
 * of its country is void from then on, in every process. 202 says that the store is away, and they are once it is back.
 */
export function cityRoutes({ index, edits, search }: AtlasContext): Hono {
  const byId = new Map(index.cities.map((city) => [String(city.id), city]));
  return new Hono().put("/api/cities/:id", async (context) => {
    const city = byId.get(context.req.param("id"));
    if (!city) return refuse(404, "There is no such city", "Use an id from the results of /api/search.");
    const parsed = editSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) {
      return refuse(
        400,
        "That change cannot be made",
        'Send JSON like {"population": 12000}: a whole number up to 100 million.',
      );
    }
    // First the source, then what was computed from it.
    await edits.save(city, parsed.data);
    return voidedResponse(context, await search.forgetCountry(city.country));
  });
}

function refuse(status: 400 | 404, title: string, detail: string): Response {
  return problemResponse({ status, title, detail });
}
