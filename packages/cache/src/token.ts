import { randomText } from "@holdfast/core";

/** 16 characters, 96 random bits: a lease's token, an entry's id, a version. */
export function createToken(): string {
  return randomText(16);
}
