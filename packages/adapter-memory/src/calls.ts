import { type BackendStats, BackendUnavailableError, type CallOptions } from "@holdfast/core";

/** Runs the stores' operations: counts them, refuses them once closed, and honours signals. */
export class Calls {
  #commands = 0;
  #errors = 0;
  #closed = false;

  /** Runs at once, so that each operation is atomic. What is refused before it runs is no command. */
  run<T>(work: () => T, options?: CallOptions): Promise<T> {
    try {
      if (this.#closed) {
        throw new BackendUnavailableError(
          "memory: the backend is closed. Call close() only when nothing uses it any more.",
          "not-applied",
        );
      }
      if (options?.signal?.aborted) throw options.signal.reason;
      this.#commands += 1;
      return Promise.resolve(work());
    } catch (error) {
      this.#errors += 1;
      return Promise.reject(error);
    }
  }

  stats(): BackendStats {
    return { commands: this.#commands, roundTrips: 0, errors: this.#errors };
  }

  close(): void {
    this.#closed = true;
  }
}
