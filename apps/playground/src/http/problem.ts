/** A refusal or failure as JSON. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  readonly status: 400 | 404 | 500;
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
}

/** Sends a problem. It never repeats what the caller sent. */
export function problemResponse(problem: Problem): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}
