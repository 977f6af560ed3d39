/**
 * Work that several callers wait for. A caller's abort rejects only that caller; when the last one has left, the
 * work's own signal aborts.
 */
export class Shared<Result> {
  readonly #controller = new AbortController();
  readonly #result: Promise<Result>;
  #waiters = 0;
  #over = false;

  constructor(work: (signal: AbortSignal) => Promise<Result>) {
    // A moment later, when whoever makes it has it in hand.
    this.#result = Promise.resolve()
      .then(() => work(this.#controller.signal))
      .finally(() => {
        this.#over = true;
      });
    // Everyone may leave before it fails.
    this.#result.catch(() => {});
  }

  /** Its last waiter has left, so it ends without a result. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  join(signal?: AbortSignal): Promise<Result> {
    this.#waiters += 1;
    if (!signal) return this.#result;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#waiters -= 1;
        if (this.#waiters === 0 && !this.#over) this.#controller.abort(signal.reason);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener("abort", leave, { once: true });
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }
}
