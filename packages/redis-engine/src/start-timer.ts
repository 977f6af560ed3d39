/** The longest that a timer can wait, in milliseconds: about 24.8 days. Anything longer would fire at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** As `setTimeout`, for any duration; one that is too long for a timer ends after the longest possible. */
export function startTimer(run: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  return setTimeout(run, Math.min(delayMs, LONGEST_TIMER_MS));
}
