import { type Context, Hono } from "hono";
import { z } from "zod";
import type { AtlasContext } from "../atlas-context.ts";
import { problemResponse } from "../http/problem.ts";
import { createInputParser } from "../search/search-input.ts";
import { deviceName } from "../sessions/device-name.ts";
import { withSearch } from "../sessions/recent-searches.ts";
import { changeSession, refuseVisitor, showSession } from "../sessions/session-requests.ts";

/** Spaces at the ends are left out, and others are one. */
const nameSchema = z.object({
  name: z
    .string()
    .transform((text) => text.normalize("NFC").trim().replace(/\s+/gu, " "))
    .pipe(
      z
        .string()
        .min(1)
        .max(40)
        .regex(/[\p{L}\p{N}]/u)
        .regex(/^[^\p{Cc}\p{Cs}]+$/u),
    ),
});
const searchSchema = z.object({ q: z.string(), country: z.string().nullish() });
const signOutSchema = z.object({ where: z.enum(["here", "elsewhere", "everywhere"]) });

/**
 * `GET /api/session` tells who is signed in and what was searched. The rest changes it, and answers with the same:
 * `POST …/recent` with `{ "q", "country" }`, `POST …/sign-in` with `{ "name" }`, `POST …/sign-out` with `{ "where" }`.
 */
export function sessionRoutes({ sessions, index }: AtlasContext): Hono {
  const parseSearch = createInputParser(index.countries);
  return new Hono()
    .get("/api/session", (context) => showSession(context, sessions))

    .post("/api/session/recent", async (context) => {
      const body = searchSchema.safeParse(await readJson(context));
      if (!body.success) return refuse('Send JSON like {"q": "lisbon", "country": "PT"}; the country may be null.');
      const { q, country } = body.data;
      const parsed = parseSearch(q, country ?? undefined);
      if (!parsed.ok) return refuse(parsed.advice);
      const search = { q: q.trim(), country: parsed.input.country ?? null };
      return changeSession(context, sessions, (session) => {
        session.set("recent", withSearch(session.get("recent") ?? [], search));
        return undefined;
      });
    })

    .post("/api/session/sign-in", async (context) => {
      const body = nameSchema.safeParse(await readJson(context));
      if (!body.success) return refuse("A name has 1 to 40 characters, and at least one letter or digit.");
      const { name } = body.data;
      return changeSession(context, sessions, (session) => {
        session.signIn(userIdOf(name), { device: deviceName(context.req.header("User-Agent")) });
        session.set("name", name);
        return undefined;
      });
    })

    .post("/api/session/sign-out", async (context) => {
      const body = signOutSchema.safeParse(await readJson(context));
      if (!body.success) return refuse('Send JSON like {"where": "here"}; or "elsewhere", or "everywhere".');
      const { where } = body.data;
      return changeSession(context, sessions, async (session) => {
        const { userId } = session;
        if (userId === undefined) return refuseVisitor(session);
        if (where !== "here") {
          await sessions.revokeAll(userId, where === "elsewhere" ? { except: session } : {});
        }
        if (where !== "elsewhere") session.signOut();
        return undefined;
      });
    });
}

/** Who types "ada" in one browser and "Ada" in another is one person. */
function userIdOf(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function readJson(context: Context): Promise<unknown> {
  return context.req.json().catch(() => undefined);
}

function refuse(advice: string): Response {
  return problemResponse({ status: 400, title: "That cannot be done", detail: advice });
}
