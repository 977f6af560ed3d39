import type { HoldfastError } from "@holdfast/core";

/** What a call came to, in a form that can be compared. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** Waits for a call. Errors count as the same if their codes are. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await call() };
  } catch (error) {
    const { code, name } = error as HoldfastError;
    return { error: code ?? name };
  }
}

/** Clocks and trips differ by less. */
const TOLERATED_MS = 60_000;

/** A TTL by its order of size: two that mean the same are equal. */
export function roundTtl(left: number | "forever" | undefined): number | string | undefined {
  return typeof left === "number" ? Math.round(left / (10 * TOLERATED_MS)) : left;
}

export function shorten(parameter: unknown): string {
  const json = JSON.stringify(parameter) ?? "undefined";
  return json.length > 120 ? `${json.slice(0, 60)}… (${json.length} characters)` : json;
}
