const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** No leading zeros, and no more digits than a double keeps. */
const TEXT_FORM = /^([1-9]\d{0,14})(ms|s|m|h|d|w)$/;

/** Ten thousand years would overflow Redis's own clock arithmetic; one hundred years does not. */
const LONGEST_MS = 100 * 365 * UNIT_MS.d;

/** Milliseconds as a whole positive number, or text such as `"250ms"`, `"90s"`, `"15m"`, `"1h"`, `"7d"`, `"2w"`. */
export type Duration = number | `${number}${keyof typeof UNIT_MS}`;

/** How long something is kept. Keeping it without an end is said in words. */
export type Ttl = Duration | "forever";

/**
 * Reads a duration.
 *
 * @param name What the duration is for; it begins the error's message.
 * @returns Whole milliseconds, 1 to 3,153,600,000,000 (100 years).
 * @throws {RangeError} Zero, negative, NaN, a fraction of a millisecond, over 100 years, or not a duration.
 */
export function parseDuration(duration: Duration, name = "duration"): number {
  const ms = typeof duration === "string" ? parseText(duration) : duration;
  if (typeof ms === "number" && Number.isInteger(ms) && ms > 0 && ms <= LONGEST_MS) return ms;
  throw new RangeError(
    `${name} must be a whole positive number of milliseconds up to 100 years, or text like "250ms", "90s", "15m", "1h", "7d", "2w"; got ${describe(duration)}.`,
  );
}

/**
 * Reads a TTL.
 *
 * @returns Whole milliseconds, or `"forever"`.
 * @throws {RangeError} As {@link parseDuration}; also when nothing was given.
 */
export function parseTtl(ttl: Ttl, name = "ttl"): number | "forever" {
  if (ttl === "forever") return ttl;
  if (ttl === undefined) {
    throw new RangeError(
      `${name} is required: pass a duration such as "15m", or "forever" to keep the value without an end.`,
    );
  }
  return parseDuration(ttl, name);
}

function parseText(text: string): number {
  const match = TEXT_FORM.exec(text);
  if (!match) return Number.NaN;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "number" || value === null ? String(value) : typeof value;
}
