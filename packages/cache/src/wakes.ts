/** Who waits in this process for the end of another's computation, by key. */
export class Wakes {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves when the key is woken or the time is over; rejects with the signal's reason. */
  wait(key: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        const waiting = this.#waiting.get(key);
        waiting?.delete(wake);
        if (waiting?.size === 0) this.#waiting.delete(key);
        settle();
      };
      const wake = () => end(resolve);
      const abort = () => end(() => reject(signal.reason));
      const timer = setTimeout(wake, timeoutMs);
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting.add(wake));
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  wake(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }
}
