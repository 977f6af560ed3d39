import { ValidationError } from "@holdfast/core";
import { wrongType } from "./wrong-type.ts";

/** Redis's own form of an integer: no plus, no leading zeros, no space, 64 bits. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const LARGEST_64 = 2n ** 63n - 1n;

/**
 * @param held The counter's text, or `undefined` where it is created.
 * @throws {WrongTypeError} The text is not an integer.
 * @throws {ValidationError} The sum would leave ±(2^53−1).
 */
export function add(held: string | undefined, by: number, operation: string): number {
  const before = held === undefined ? 0n : parse(held, operation);
  const sum = Number(before + BigInt(by));
  if (Number.isSafeInteger(sum)) return sum;
  throw new ValidationError(
    `memory: ${operation}: the result would leave ±(2^53−1), where counting is exact. Nothing was changed.`,
  );
}

function parse(text: string, operation: string): bigint {
  if (INTEGER.test(text)) {
    const integer = BigInt(text);
    if (integer <= LARGEST_64 && integer >= -LARGEST_64 - 1n) return integer;
  }
  throw wrongType(operation);
}
