import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { AtlasContext } from "../atlas-context.ts";

/** A comment now and then keeps proxies from closing a stream that is silent. */
const HEARTBEAT_MS = 15_000;

/** `GET /api/events`: a stream of `changed` events, each with the countries whose cities have changed. */
export function eventRoutes({ changes }: AtlasContext): Hono {
  return new Hono().get("/api/events", (context) =>
    streamSSE(context, async (stream) => {
      const ended = new Promise<void>((resolve) => {
        stream.onAbort(resolve);
        changes.closed.addEventListener("abort", () => resolve(), { once: true });
      });
      const unsubscribe = changes.subscribe((countries) => {
        void stream.writeSSE({ event: "changed", data: JSON.stringify(countries) });
      });
      const heartbeat = setInterval(() => void stream.write(": still here\n\n"), HEARTBEAT_MS);
      await stream.write(": listening\n\n");
      await ended;
      clearInterval(heartbeat);
      unsubscribe();
    }),
  );
}
