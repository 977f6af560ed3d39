import { assertKey, InvalidKeyError } from "@holdfast/core";

/** Fields of the data and flashed ones have names of their own in the store. */
const DATA = "d";
const FLASH = "f";

/** @throws {InvalidKeyError} Not a name: empty, not a string, too long, or one that would poison an object. */
export function assertField(field: unknown): asserts field is string {
  assertKey(field, "field's name");
  if (field === "__proto__") throw new InvalidKeyError("A field's name must not be __proto__. Choose another one.");
}

export function dataName(field: string): string {
  return DATA + field;
}

export function flashName(field: string): string {
  return FLASH + field;
}

/** @returns The field that a stored name of the data is of; `undefined` for another kind. */
export function dataField(stored: string): string | undefined {
  return stored.startsWith(DATA) ? stored.slice(DATA.length) : undefined;
}

/** The same for a flashed one. */
export function flashField(stored: string): string | undefined {
  return stored.startsWith(FLASH) ? stored.slice(FLASH.length) : undefined;
}

/** The field that a stored name is of. */
export function fieldOf(stored: string): string {
  return stored.slice(1);
}
