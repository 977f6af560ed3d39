import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";

/** `GET /api/countries`: the codes that a search may name, in the order of their English names. */
export function countryRoutes({ index }: AtlasContext): Hono {
  const countries = [...index.countries].map(([code, name]) => ({ code, name }));
  return new Hono().get("/api/countries", (context) =>
    context.json({ countries }, 200, { "Cache-Control": "public, max-age=3600" }),
  );
}
