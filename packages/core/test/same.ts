/**
 * Whether two values are the same in every respect that the codec keeps: kinds, contents, order, the sign of zero,
 * and which places hold one object. Stricter than `toEqual`, which forgives -0, order in sets, and lost identity.
 */
export function isSame(left: unknown, right: unknown): boolean {
  return new Comparison().compare(left, right);
}

class Comparison {
  readonly #rightOf = new Map<object, object>();
  readonly #leftOf = new Map<object, object>();

  compare(left: unknown, right: unknown): boolean {
    if (!isObject(left) || !isObject(right)) return Object.is(left, right);
    if (this.#rightOf.has(left) || this.#leftOf.has(right)) {
      return this.#rightOf.get(left) === right && this.#leftOf.get(right) === left;
    }
    this.#rightOf.set(left, right);
    this.#leftOf.set(right, left);
    if (tag(left) !== tag(right)) return false;
    return this.#all(parts(left), parts(right));
  }

  #all(left: readonly unknown[], right: readonly unknown[]): boolean {
    return left.length === right.length && left.every((part, index) => this.compare(part, right[index]));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function tag(value: object): string {
  return Object.prototype.toString.call(value);
}

/** What a value consists of, in order. */
function parts(value: object): unknown[] {
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [value.source, value.flags];
  if (value instanceof URL) return [value.href];
  if (value instanceof Map) return [...value].flat(1);
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)];
  if (value instanceof Error) {
    const errors = value instanceof AggregateError ? [value.errors] : [];
    return [value.constructor, value.name, value.message, "cause" in value, value.cause, ...errors, ...members(value)];
  }
  return members(value);
}

function members(value: object): unknown[] {
  return Object.keys(value).flatMap((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.value]);
}
