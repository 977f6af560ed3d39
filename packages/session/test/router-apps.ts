import * as remix from "@remix-run/server-runtime";
import * as router from "react-router";

export interface RouteArgs {
  readonly request: Request;
}

/** A route: the root, or one of its children. */
export interface AppRoute {
  readonly loader?: (args: RouteArgs) => Promise<Response>;
  readonly action?: (args: RouteArgs) => Promise<Response>;
}

export type Handler = (request: Request) => Promise<Response>;
type AnyHandler = (build: never, mode: string) => (request: Request) => Promise<Response>;

/** What a build of each framework is, around two nested routes: what the loaders returned is the page. */
export const frameworks: Readonly<Record<string, (root: AppRoute, page: AppRoute) => Handler>> = {
  "React Router 8": (root, page) => serve(router.createRequestHandler as AnyHandler, root, page),
  "Remix 2": (root, page) => serve(remix.createRequestHandler as AnyHandler, root, page),
};

function serve(createRequestHandler: AnyHandler, root: AppRoute, page: AppRoute): Handler {
  const component = { default: () => null };
  const build = {
    entry: {
      module: {
        default: (
          _request: Request,
          status: number,
          headers: Headers,
          { staticHandlerContext: { loaderData, errors } }: { staticHandlerContext: router.StaticHandlerContext },
        ) => new Response(JSON.stringify(errors ? { errors } : loaderData), { status, headers }),
        // Failures are answered with 500, which the tests look at.
        handleError: () => {},
      },
    },
    routes: {
      root: { id: "root", path: "", module: { ...component, ...root } },
      page: { id: "page", parentId: "root", path: "page", module: { ...component, ...page } },
    },
    assets: { entry: { module: "", imports: [] }, routes: {}, url: "", version: "" },
    publicPath: "/",
    assetsBuildDirectory: "build",
    future: { v3_singleFetch: true },
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
  };
  return createRequestHandler(build as never, "test");
}
