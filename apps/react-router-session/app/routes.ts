import { index, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("classic", "routes/classic.tsx", [route("page", "routes/classic-page.tsx")]),
] satisfies RouteConfig;
