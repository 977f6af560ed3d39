/** Finite and not -0, which JSON writes as 0. */
export function isPlainNumber(value: number): boolean {
  return value - value === 0 && (value !== 0 || 1 / value > 0);
}

/** The text that `Number()` reads back, for what JSON has no number for. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The text that `new Date()` reads back, also for an invalid date. */
export function dateText(date: Date): string {
  const timeMs = Date.prototype.getTime.call(date);
  return Number.isNaN(timeMs) ? "Invalid Date" : new Date(timeMs).toISOString();
}
