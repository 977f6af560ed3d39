const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));

/** 16 characters, 96 random bits: a lease's token, an entry's id, a version. */
export function createToken(): string {
  const codes = crypto.getRandomValues(new Uint8Array(16)).map((byte) => CODES[byte & 63]!);
  // Not character by character: engines keep such a string as a chain of its parts.
  return String.fromCharCode(...codes);
}
