import { ValueTooLargeError } from "../errors.ts";

/** The largest encoded value that a cache writes unless told otherwise: 1,000,000 bytes of UTF-8. */
export const DEFAULT_MAX_VALUE_BYTES = 1_000_000;

/** The length of `text` in UTF-8, in bytes, without encoding it. A lone surrogate counts 3, as its replacement does. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}

/**
 * Checks an encoded value before anything is sent.
 *
 * @param limitBytes The most bytes of UTF-8 that are accepted.
 * @throws {ValueTooLargeError} The text has more.
 */
export function assertValueSize(text: string, limitBytes: number): void {
  // A UTF-16 unit becomes one to three bytes.
  if (text.length * 3 <= limitBytes) return;
  const sizeBytes = byteLength(text);
  if (sizeBytes <= limitBytes) return;
  throw new ValueTooLargeError(
    `The encoded value has ${sizeBytes} bytes; the limit is ${limitBytes}. Store a smaller part, or split it over several keys.`,
    sizeBytes,
    limitBytes,
  );
}
