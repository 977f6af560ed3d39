const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 16 characters, 96 random bits: a lease's token, an entry's id, a version. */
export function createToken(): string {
  let token = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) token += ALPHABET[byte & 63];
  return token;
}
