const whole = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 8175133 → "8,175,133" */
export const formatCount = (count) => whole.format(count);

/** 8175133 → "8.2M" */
export const formatCompact = (count) => compact.format(count);

/** Milliseconds with about three figures: 0.042, 0.42, 4.2, 42. */
export function formatMs(ms) {
  if (ms >= 100) return String(Math.round(ms));
  if (ms >= 10) return ms.toFixed(1);
  if (ms >= 1) return ms.toFixed(2);
  return ms.toFixed(3);
}

/** How many times as long `slow` takes: "1,240×", "12×", "1.4×". */
export function formatTimes(slow, fast) {
  const times = slow / Math.max(fast, 0.001);
  return `${times >= 10 ? formatCount(Math.round(times)) : times.toFixed(1)}×`;
}

/** "1 city", "2 cities" */
export const plural = (count, one, many) => `${formatCount(count)} ${count === 1 ? one : many}`;

const MINUTE_MS = 60_000;
const LONGER = [
  { unit: "day", ms: 1_440 * MINUTE_MS },
  { unit: "hour", ms: 60 * MINUTE_MS },
  { unit: "minute", ms: MINUTE_MS },
];

/** "just now", "5 minutes ago", "2 days ago" */
export function formatAgo(date) {
  const agoMs = Date.now() - date.getTime();
  const longer = LONGER.find(({ ms }) => agoMs >= ms);
  return longer ? relative.format(-Math.floor(agoMs / longer.ms), longer.unit) : "just now";
}
