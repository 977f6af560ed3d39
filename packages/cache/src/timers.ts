/** The longest that a timer can wait, in milliseconds: about 24.8 days. Anything longer would fire at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** Settles with `work`, or with what `onTimeout` says when the time is over first. Leaves no timer behind. */
export function withTimeout<T>(work: Promise<T>, timeoutMs: number, onTimeout: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        try {
          resolve(onTimeout());
        } catch (error) {
          reject(error);
        }
      },
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
