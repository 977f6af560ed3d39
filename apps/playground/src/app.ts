import { Hono } from "hono";
import type { AtlasContext } from "./atlas-context.ts";
import { problemOf, problemResponse } from "./http/problem.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { staticFiles } from "./http/static-files.ts";
import { allRoutes } from "./routes/all-routes.ts";

/** The whole of Atlas as one request handler: the API's routes, then the page's files. */
export async function createApp(context: AtlasContext): Promise<Hono> {
  const app = new Hono();
  app.use(securityHeaders());
  for (const routes of allRoutes) app.route("/", routes(context));
  app.use(await staticFiles());
  app.notFound(() =>
    problemResponse({
      status: 404,
      title: "Nothing here",
      detail:
        "The page is at /, the API at /api/search, /api/cities/:id, /api/session, /api/events, /api/stats, /api/countries, /api/world and /healthz.",
    }),
  );
  app.onError((error) => {
    const problem = problemOf(error);
    if (problem.status === 500) console.error(error);
    return problemResponse(problem);
  });
  return app;
}
