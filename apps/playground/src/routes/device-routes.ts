import { Hono } from "hono";
import type { AtlasContext } from "../atlas-context.ts";
import { changeSession, refuseVisitor } from "../sessions/session-requests.ts";

/**
 * `GET /api/session/devices` lists where the user is signed in, and `POST /api/session/devices/:id/sign-out` ends one of
 * these sessions.
 */
export function deviceRoutes({ sessions }: AtlasContext): Hono {
  return new Hono()
    .get("/api/session/devices", async (context) => {
      const session = await sessions.load(context.req.raw);
      // A cookie that led nowhere is left for /api/session, which says why.
      if (session.userId === undefined) return refuseVisitor(session);
      const devices = await sessions.list(session.userId, { current: session });
      return context.json({ devices }, 200, { "Cache-Control": "no-store" });
    })

    .post("/api/session/devices/:id/sign-out", (context) =>
      changeSession(context, sessions, async (session) => {
        const { userId } = session;
        if (userId === undefined) return refuseVisitor(session);
        const id = context.req.param("id");
        if (id === session.id) session.signOut();
        else await sessions.revoke(userId, id);
        return undefined;
      }),
    );
}
