/**
 * Work that several callers wait for. A caller's abort rejects only that caller; when the last one has left, the
 * work's own signal aborts.
 */
export class Shared<Result> {
  readonly #result: Promise<Result>;
  #controller: AbortController | undefined;
  #abandonedFor: { readonly reason: unknown } | undefined;
  #waiters = 0;
  #over = false;

  /** @param work Begins a moment later, when whoever makes this has it in hand. */
  constructor(work: (self: Shared<Result>) => Promise<Result>) {
    this.#result = Promise.resolve().then(() => work(this));
    const end = () => {
      this.#over = true;
    };
    // Everyone may leave before it fails.
    this.#result.then(end, end);
  }

  /** Aborts when the last waiter has left. Made only when it is asked for: most work ends without. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abandonedFor) this.#controller.abort(this.#abandonedFor.reason);
    }
    return this.#controller.signal;
  }

  /** Its last waiter has left, so it ends without a result. */
  get abandoned(): boolean {
    return this.#abandonedFor !== undefined;
  }

  join(signal?: AbortSignal): Promise<Result> {
    this.#waiters += 1;
    if (!signal) return this.#result;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason);
        this.#leave(signal.reason);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener("abort", leave, { once: true });
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
  }

  #leave(reason: unknown): void {
    this.#waiters -= 1;
    if (this.#waiters > 0 || this.#over) return;
    this.#abandonedFor = { reason };
    this.#controller?.abort(reason);
  }
}
