/** Commands that left together, under one timer: cheaper than a timer for each. */
export class Trip {
  readonly #timer: ReturnType<typeof setTimeout>;
  #open: number;

  constructor(commands: number, timeoutMs: number, onTimeout: () => void) {
    this.#open = commands;
    this.#timer = setTimeout(onTimeout, timeoutMs);
  }

  /** One of its commands is settled, or waits for another trip. The last one stops the timer. */
  leave(): void {
    this.#open -= 1;
    if (this.#open === 0) clearTimeout(this.#timer);
  }
}
