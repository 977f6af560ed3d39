/**
 * What was voided, and when: small, plain data that can be sent to another process or kept in a cookie. A read with
 * `notBefore` never returns what it voided, also where messages or replicas lag behind.
 */
export interface Invalidation {
  /** The store's clock when it was done, in milliseconds. */
  readonly atMs: number;
  readonly keys?: readonly string[];
  readonly tags?: readonly string[];
  /** The whole namespace, or more keys than are worth naming. */
  readonly all?: true;
  /** The store was away: it is voided here, and elsewhere once the store is back. */
  readonly pending?: true;
}

/** More names than this and the token says `all`: it stays small, and a read with it only misses more. */
const MAX_NAMES = 100;

export function createInvalidation(
  atMs: number | undefined,
  { keys, tags, all }: { keys: readonly string[]; tags: readonly string[]; all: boolean },
  pendingSinceMs: number,
): Invalidation {
  const names =
    all || keys.length + tags.length > MAX_NAMES
      ? { all: true as const }
      : { ...(keys.length > 0 ? { keys } : {}), ...(tags.length > 0 ? { tags } : {}) };
  return atMs === undefined ? { atMs: pendingSinceMs, ...names, pending: true } : { atMs, ...names };
}

/** Whether the token is about this entry. */
export function covers(token: Invalidation, key: string, tags: readonly string[]): boolean {
  if (token.all || token.keys?.includes(key)) return true;
  return token.tags !== undefined && tags.some((tag) => token.tags!.includes(tag));
}
