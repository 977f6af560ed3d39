import { Hono } from "hono";
import { compress } from "hono/compress";
import type { AtlasContext } from "../atlas-context.ts";
import { drawWorld } from "../cities/world-map.ts";

/** `GET /api/world`: the map's background. It changes only with the data set. */
export function worldRoutes({ index }: AtlasContext): Hono {
  const world = JSON.stringify(drawWorld(index.cities));
  return new Hono().get("/api/world", compress(), (context) =>
    context.body(world, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=3600" }),
  );
}
