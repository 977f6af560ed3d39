import type { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";
import { cityRoutes } from "./city-routes.ts";
import { countryRoutes } from "./country-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { statsRoutes } from "./stats-routes.ts";
import { worldRoutes } from "./world-routes.ts";

/** One file for each part of the API; a new feature adds its own here. */
export const allRoutes: readonly ((context: AtlasContext) => Hono)[] = [
  searchRoutes,
  statsRoutes,
  worldRoutes,
  countryRoutes,
  cityRoutes,
  sessionRoutes,
  deviceRoutes,
  eventRoutes,
  healthRoutes,
];
