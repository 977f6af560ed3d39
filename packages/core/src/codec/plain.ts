import { MAX_DEPTH } from "./limits.ts";
import { isPlainNumber } from "./scalars.ts";

/** Up to here comparing with each object seen is cheaper than a Set. */
const FEW = 16;

/**
 * Whether `JSON.stringify` keeps the whole of `value`, so that its text can be stored as it is. One walk that
 * copies nothing. A `false` means "look closely": the writer decides, and names the path of what it refuses.
 */
export function isPlainJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return isPlainNumber(value);
    case "object":
      return value === null || isPlainContainer(value, 1, new Leaves());
    case "undefined":
    case "bigint":
    case "function":
    case "symbol":
      break;
  }
  return false;
}

function isPlainContainer(value: object, depth: number, leaves: Leaves): boolean {
  if (depth > MAX_DEPTH) return false;
  return Array.isArray(value) ? isPlainArray(value, depth, leaves) : isPlainObject(value, depth, leaves);
}

// The two loops repeat the switch on purpose: as one shared function it costs a third of the walk.

function isPlainArray(array: readonly unknown[], depth: number, leaves: Leaves): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype) return false;
  let isLeaf = true;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    switch (typeof item) {
      case "string":
      case "boolean":
        break;
      case "number":
        if (!isPlainNumber(item)) return false;
        break;
      case "object":
        if (item === null) break;
        if (!isPlainContainer(item, depth + 1, leaves)) return false;
        isLeaf = false;
        break;
      case "undefined":
      case "bigint":
      case "function":
      case "symbol":
        return false;
    }
  }
  return !isLeaf || leaves.add(array);
}

function isPlainObject(object: object, depth: number, leaves: Leaves): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if (Object.getOwnPropertySymbols(object).length > 0) return false;
  const record = object as Readonly<Record<string, unknown>>;
  // JSON.stringify would call it, also where it is not enumerable.
  if (record["toJSON"] !== undefined) return false;
  let isLeaf = true;
  // `for…in` is twice as fast as Object.keys; a key inherited from a polluted prototype only makes us look closely.
  for (const key in record) {
    const item = record[key];
    switch (typeof item) {
      case "string":
      case "boolean":
        break;
      case "number":
        if (!isPlainNumber(item)) return false;
        break;
      case "object":
        if (item === null) break;
        if (!isPlainContainer(item, depth + 1, leaves)) return false;
        isLeaf = false;
        break;
      case "undefined":
      case "bigint":
      case "function":
      case "symbol":
        return false;
    }
  }
  return !isLeaf || leaves.add(object);
}

/**
 * The objects without objects inside. Whatever is referenced twice is walked twice, down to its leaves, so that
 * remembering the leaves finds every repeated reference; only a cycle has none, and the depth limit ends it.
 */
class Leaves {
  #count = 0;
  readonly #few: object[] = [];
  #many: Set<object> | undefined;

  /** @returns Whether the leaf is new. */
  add(leaf: object): boolean {
    if (this.#many) return this.#many.add(leaf).size === ++this.#count;
    const few = this.#few;
    for (let index = 0; index < few.length; index++) if (few[index] === leaf) return false;
    few.push(leaf);
    if (++this.#count === FEW) this.#many = new Set(few);
    return true;
  }
}
