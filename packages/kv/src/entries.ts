import { ValidationError } from "@holdfast/core";

/** What `setMany` takes. */
export type Entries<V> = Iterable<readonly [key: string, value: V]> | Readonly<Record<string, V>>;

/**
 * The pairs of an iterable or of a record, in their order.
 *
 * @throws {ValidationError} It is neither, or holds something else than pairs.
 */
export function entriesOf<V>(entries: Entries<V>): (readonly [key: string, value: V])[] {
  if (typeof entries !== "object" || entries === null) {
    throw new ValidationError(
      `Entries must be an object, a Map or [key, value] pairs; got ${entries === null ? "null" : typeof entries}.`,
    );
  }
  if (!isIterable(entries)) return Object.entries(entries);
  return Array.from(entries, (entry, index) => {
    if (Array.isArray(entry) && entry.length === 2) return entry;
    throw new ValidationError(`Entry ${index} must be a [key, value] pair.`);
  });
}

/**
 * The fields of a record.
 *
 * @throws {ValidationError} It is none: the fields of a `Map` or an array would be lost without a word.
 */
export function fieldsOf<V>(fields: Readonly<Record<string, V>>): [field: string, value: V][] {
  if (typeof fields === "object" && fields !== null && !isIterable(fields)) return Object.entries(fields);
  throw new ValidationError("A hash's fields must be an object: { field: value }. Use Object.fromEntries() for a Map.");
}

function isIterable<V>(value: Entries<V>): value is Iterable<readonly [string, V]> {
  return Symbol.iterator in value;
}
