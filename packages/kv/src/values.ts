import { assertValueSize, codec, ValidationError, validate } from "@holdfast/core";
import type { ResolvedKvOptions } from "./options.ts";

/** Turns values into stored text and back, under the schema. */
export class Values<T> {
  readonly #options: Pick<ResolvedKvOptions<T>, "schema" | "maxValueBytes">;

  constructor(options: Pick<ResolvedKvOptions<T>, "schema" | "maxValueBytes">) {
    this.#options = options;
  }

  /**
   * @returns A promise only if the schema is asynchronous.
   * @throws {ValidationError} The value is `undefined`, or does not fit the schema.
   * @throws {SerializationError | ValueTooLargeError} It cannot be stored.
   */
  encode(value: T): string | Promise<string> {
    const { schema } = this.#options;
    if (!schema) return this.#write(value);
    const checked = validate(schema, value, "The value");
    return checked instanceof Promise ? attended(checked.then((later) => this.#write(later))) : this.#write(checked);
  }

  /**
   * @returns `undefined` for a missing value; a promise only if the schema is asynchronous.
   * @throws {SerializationError | ValidationError} The stored text is not what this namespace holds.
   */
  decode(text: string | undefined): T | undefined | Promise<T> {
    if (text === undefined) return undefined;
    const value = codec.decode(text);
    const { schema } = this.#options;
    if (!schema) return value as T;
    const checked = validate(schema, value, "The stored value");
    return checked instanceof Promise ? attended(checked) : checked;
  }

  #write(value: T): string {
    if (value === undefined) {
      throw new ValidationError(
        "undefined cannot be stored: it could not be told from a missing key. Store null, or delete the key.",
      );
    }
    const text = codec.encode(value);
    assertValueSize(text, this.#options.maxValueBytes);
    return text;
  }
}

/**
 * Marks a promise as seen to. Of many values the first may be refused later and the second at once: nobody then waits
 * for the first, and its rejection must not end the process.
 */
export function attended<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
