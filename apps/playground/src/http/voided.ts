import type { Context } from "hono";

/** 204: what was cached is gone. 202: the store is away, and it goes once that is back. */
export function voidedResponse(context: Context, done: boolean): Response {
  return done ? context.body(null, 204) : context.json({ pending: true }, 202);
}
