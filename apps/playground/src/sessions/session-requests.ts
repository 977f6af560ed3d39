import { SessionConflictError } from "@holdfast/core";
import type { SessionStatus } from "@holdfast/session";
import type { Context } from "hono";
import { problemResponse, STORE_AWAY } from "../http/problem.ts";
import type { AtlasSession, AtlasSessions } from "./atlas-sessions.ts";
import type { RecentSearch } from "./recent-searches.ts";

/** The body of `/api/session`, and of what changes a session. */
export interface SessionAnswer {
  /** The name of who is signed in. */
  readonly user: string | null;
  readonly recent: readonly RecentSearch[];
  /** What the request's cookie led to. */
  readonly status: SessionStatus;
  /** To be sent back as `X-CSRF-Token`. */
  readonly csrfToken: string;
}

/** A visitor without a cookie costs no command. */
export async function showSession(context: Context, sessions: AtlasSessions): Promise<Response> {
  const session = await sessions.load(context.req.raw);
  return commit(session, sessions);
}

/**
 * Runs `change` on the request's session if a page of Atlas sent the request, and commits.
 *
 * @param change Answers itself if it will not; nothing is committed then.
 */
export async function changeSession(
  context: Context,
  sessions: AtlasSessions,
  change: (session: AtlasSession) => Response | undefined | Promise<Response | undefined>,
): Promise<Response> {
  const attempt = async (): Promise<Response> => {
    const session = await sessions.load(context.req.raw);
    if (!(await sessions.verifyCsrf(session, context.req.header("X-CSRF-Token")))) return refuseForeign();
    return (await change(session)) ?? commit(session, sessions);
  };
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SessionConflictError)) throw error;
    // Another request changed the same field meanwhile: once more, on what it left.
    return attempt();
  }
}

/** Refuses what only someone who is signed in can do. */
export function refuseVisitor(session: AtlasSession): Response {
  if (session.status === "unavailable") return problemResponse(STORE_AWAY);
  return problemResponse({ status: 401, title: "Nobody is signed in", detail: "Sign in with a name first." });
}

async function commit(session: AtlasSession, sessions: AtlasSessions): Promise<Response> {
  const { status } = session;
  // Before the body is made: what is told of the session is then what has been saved.
  const headers = await sessions.commitHeaders(session);
  if (status === "active" && session.status === "revoked") return refuseLate();
  headers.set("Cache-Control", "no-store");
  const answer: SessionAnswer = {
    user: session.userId === undefined ? null : session.get("name") || session.userId,
    recent: session.get("recent") ?? [],
    status,
    csrfToken: await session.csrfToken(),
  };
  return Response.json(answer, { headers });
}

function refuseForeign(): Response {
  return problemResponse({
    status: 403,
    title: "That did not come from this page",
    detail: "The page was out of date. It shows the present state now: try again.",
  });
}

function refuseLate(): Response {
  return problemResponse({
    status: 409,
    title: "The session has ended",
    detail: "The session ended while this was under way, and nothing was changed.",
  });
}
