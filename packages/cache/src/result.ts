/** A value with where it came from. */
export interface Detailed<T> {
  readonly value: T;
  readonly status: "hit" | "stale" | "miss";
  /** Where it was found; `undefined` for a miss. */
  readonly tier: "memory" | "store" | undefined;
  /** Milliseconds since it was stored; 0 for a miss. */
  readonly ageMs: number;
  /** Milliseconds until it is stale, negative if it is; `Infinity` if never; `undefined` for a miss. */
  readonly ttlMs: number | undefined;
}

/** What is known of a value that was not found. */
export const MISS: Omit<Detailed<never>, "value"> = { status: "miss", tier: undefined, ageMs: 0, ttlMs: undefined };

/**
 * Renders a result as a `Cache-Status` header's value, as in `holdfast; hit; ttl=42; detail=memory`.
 *
 * @param cacheName A token that names the cache.
 * @see https://www.rfc-editor.org/rfc/rfc9211
 */
export function cacheStatus(
  { status, tier, ttlMs }: Pick<Detailed<unknown>, "status" | "tier" | "ttlMs">,
  cacheName = "holdfast",
): string {
  const parts = [/^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/.test(cacheName) ? cacheName : JSON.stringify(cacheName)];
  parts.push(status === "miss" ? "fwd=miss" : "hit");
  if (ttlMs !== undefined && Number.isFinite(ttlMs)) parts.push(`ttl=${Math.floor(ttlMs / 1_000)}`);
  if (tier) parts.push(`detail=${tier}`);
  return parts.join("; ");
}
