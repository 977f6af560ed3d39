import { HoldfastError } from "@holdfast/core";
import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";

/**
 * `GET /healthz`: whether the store answers, and how fast. Always 200 while Atlas itself serves, because a
 * search works without the store; `store.state` tells the two apart.
 */
export function healthRoutes({ backend }: AtlasContext): Hono {
  return new Hono().get("/healthz", async (context) => {
    context.header("Cache-Control", "no-store");
    try {
      const pingMs = await backend.ping({ timeout: "1s" });
      return context.json({ status: "ok", backend: backend.name, store: { state: "up", pingMs } });
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : "UNKNOWN";
      return context.json({ status: "degraded", backend: backend.name, store: { state: "down", code } });
    }
  });
}
