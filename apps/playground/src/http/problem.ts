import { BackendTimeoutError, BackendUnavailableError, SessionConflictError } from "@holdfast/core";

/** A refusal or failure as JSON. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 409 | 500 | 503;
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
}

export const STORE_AWAY: Problem = {
  status: 503,
  title: "The store does not answer",
  detail: "Atlas cannot keep anything until its store is back. Searching works all the same.",
};

/** Sends a problem. It never repeats what the caller sent. */
export function problemResponse(problem: Problem): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}

/** What an error that no route expected is to the client. */
export function problemOf(error: unknown): Problem {
  if (error instanceof BackendUnavailableError || error instanceof BackendTimeoutError) return STORE_AWAY;
  if (error instanceof SessionConflictError) {
    return {
      status: 409,
      title: "Too much at once",
      detail: "Several requests changed this session at the same time, and this one was not saved. Try again.",
    };
  }
  return {
    status: 500,
    title: "Atlas failed",
    detail: "This is a fault of the server, which has logged it. Trying again may help.",
  };
}
