/** A value for several callers, each of whom gets an object of their own: the first the value, the others copies. */
export class Handout<T> {
  readonly #value: T;
  readonly #copy: (() => T | Promise<T>) | undefined;
  #taken = false;

  /** @param copy Makes another; absent where there is no text to make it from. */
  constructor(value: T, copy: (() => T | Promise<T>) | undefined) {
    this.#value = value;
    this.#copy = copy;
  }

  take(): T | Promise<T> {
    if (!this.#taken || !this.#copy) {
      this.#taken = true;
      return this.#value;
    }
    return this.#copy();
  }
}
