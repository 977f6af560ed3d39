const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));

/** Characters of base64url, each with 6 bits from Web Crypto's source of randomness. */
export function randomText(length: number): string {
  const codes = crypto.getRandomValues(new Uint8Array(length)).map((byte) => CODES[byte & 63]!);
  // Not character by character: engines keep such a string as a chain of its parts.
  return String.fromCharCode(...codes);
}
