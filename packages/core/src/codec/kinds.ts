/** The kinds of objects that can be stored. Anything else is a class instance, and refused. */
export type Kind = "object" | "array" | "Date" | "Map" | "Set" | "RegExp" | "URL" | "Error" | "typed-array";

/** The error classes that come back as themselves; `AggregateError` has a constructor of its own kind. */
export const ERROR_CLASSES: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

/**
 * Recognises values of other realms too (a `node:vm` context, an iframe, a test runner's sandbox): a built-in has
 * a known number of prototypes, and whatever extends one has more.
 *
 * @returns `undefined` for an instance of any other class, subclasses of built-ins included.
 */
export function kindOf(value: object): Kind | undefined {
  const depth = prototypeDepth(value);
  if (Array.isArray(value)) return depth === 2 ? "array" : undefined;
  if (isPlainObject(value)) return "object";
  const tag = tagOf(value);
  if (ArrayBuffer.isView(value)) return depth === 3 && tag.endsWith("Array") ? "typed-array" : undefined;
  if (tag === "Error") return isBuiltInError(value, depth) ? "Error" : undefined;
  if (depth !== 2) return undefined;
  switch (tag) {
    case "Date":
    case "RegExp":
      // Without a toStringTag the engine's own mark decides the tag; with one, anything can claim it.
      return Symbol.toStringTag in value ? undefined : tag;
    case "Map":
      return works(() => Map.prototype.has.call(value, undefined)) ? tag : undefined;
    case "Set":
      return works(() => Set.prototype.has.call(value, undefined)) ? tag : undefined;
    case "URL":
      return value instanceof URL ? tag : undefined;
    default:
      return undefined;
  }
}

/** `"Date"` for a date, `"Uint8Array"` for such an array, and so on. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** The class of an error that {@link kindOf} calls one. */
export function errorClassName(error: object): string {
  return (Object.getPrototypeOf(error) as Error).name;
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

function isBuiltInError(value: object, depth: number): boolean {
  if (Symbol.toStringTag in value || depth < 2 || depth > 3) return false;
  const prototype = Object.getPrototypeOf(value) as Error;
  const { name } = prototype;
  return prototype.constructor.name === name && (ERROR_CLASSES.has(name) || name === "AggregateError");
}

function prototypeDepth(value: object): number {
  let depth = 0;
  for (let at = Object.getPrototypeOf(value) as object | null; at !== null && depth < 5; depth++) {
    at = Object.getPrototypeOf(at) as object | null;
  }
  return depth;
}

/** A built-in's own method throws on anything that only claims to be one. */
function works(method: () => unknown): boolean {
  try {
    method();
    return true;
  } catch {
    return false;
  }
}
