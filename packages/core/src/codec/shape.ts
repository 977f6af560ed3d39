/** superjson's account of a value. */
export interface SuperjsonText {
  readonly json: unknown;
  readonly meta: { readonly values?: unknown; readonly referentialEqualities?: unknown; readonly v?: number };
}

/** Begins every wrapped text; looked for before anything else is paid. */
export const WRAPPED_START = '{"json":';

/**
 * Whether a plain value could be taken for a wrapped one, by this or by another reader of superjson: its
 * own keys are `json`, or `json` and `meta`, in this order. Such a value is wrapped.
 */
export function looksWrapped(value: unknown): boolean {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys[0] === "json" && (keys.length === 1 || (keys.length === 2 && keys[1] === "meta"));
}

/**
 * Whether parsed text is wrapped: `json` and `meta` and nothing else, and `meta` says what superjson says in it.
 * `encode` leaves no plain value in this shape, so that one found here was wrapped; other programs' `{"json":…}`
 * without such a `meta` is taken for the plain object that it looks like.
 */
export function isWrapped(parsed: unknown): parsed is SuperjsonText {
  if (!looksWrapped(parsed)) return false;
  const { meta } = parsed as { meta?: unknown };
  if (meta === null || typeof meta !== "object" || Array.isArray(meta)) return false;
  const entries = Object.entries(meta);
  return entries.length > 0 && entries.every(([key, value]) => isMetaEntry(key, value));
}

function isMetaEntry(key: string, value: unknown): boolean {
  switch (key) {
    case "v":
      return value === 0 || value === 1;
    case "values":
    case "referentialEqualities":
      return typeof value === "object" && value !== null;
    default:
      return false;
  }
}
