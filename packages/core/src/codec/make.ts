import { ERROR_CLASSES } from "./kinds.ts";
import { malformed } from "./malformed.ts";
import { makeTypedArray } from "./typed-arrays.ts";

/**
 * Makes what an annotation says. Maps, sets and errors come empty: {@link fill} completes them once everything
 * inside `json` is made.
 */
export function make(type: unknown, json: unknown): unknown {
  switch (type) {
    case "undefined":
      return undefined;
    case "bigint":
      return makeBigInt(json);
    case "number":
      return makeNumber(json);
    case "Date":
      return new Date(asText(json));
    case "regexp":
      return makeRegExp(asText(json));
    case "URL":
      return makeUrl(asText(json));
    case "map":
      asArray(json);
      return new Map();
    case "set":
      asArray(json);
      return new Set();
    case "Error":
      return makeError(json);
    default:
      if (Array.isArray(type) && type[0] === "typed-array") return makeTypedArray(type[1], asArray(json));
      throw malformed("it holds an instance of a class, or a kind of value, that is not known here");
  }
}

/** Completes what {@link make} made. */
export function fill(made: unknown, json: unknown): void {
  if (made instanceof Map) {
    for (const entry of json as readonly unknown[]) {
      const [key, value] = asArray(entry);
      made.set(key, value);
    }
  } else if (made instanceof Set) {
    for (const item of json as readonly unknown[]) made.add(item);
  } else if (made instanceof Error) {
    fillError(made, json as Readonly<Record<string, unknown>>);
  }
}

function makeBigInt(json: unknown): bigint {
  const text = asText(json);
  if (!/^-?\d+$/.test(text)) throw malformed();
  return BigInt(text);
}

function makeNumber(json: unknown): number {
  if (json === "NaN" || json === "Infinity" || json === "-Infinity" || json === "-0") return Number(json);
  throw malformed();
}

function makeRegExp(text: string): RegExp {
  const end = text.lastIndexOf("/");
  try {
    return new RegExp(text.slice(1, end), text.slice(end + 1));
  } catch {
    throw malformed("it holds a regular expression that this runtime does not accept");
  }
}

function makeUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw malformed("it holds a URL that this runtime does not accept");
  }
}

function makeError(json: unknown): Error {
  if (json === null || typeof json !== "object") throw malformed();
  const { name, message } = json as { name?: unknown; message?: unknown };
  if (typeof name !== "string" || typeof message !== "string") throw malformed();
  const error =
    name === "AggregateError" ? new AggregateError([], message) : new (ERROR_CLASSES.get(name) ?? Error)(message);
  if (error.name !== name) error.name = name;
  // The stack of this very call would mislead; where the error first arose is not kept.
  hide(error, "stack", message === "" ? name : `${name}: ${message}`);
  return error;
}

function fillError(error: Error, json: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(json)) {
    if (key === "name" || key === "message") continue;
    if (key === "cause" || key === "stack" || (key === "errors" && error instanceof AggregateError)) {
      hide(error, key, value);
    } else {
      Object.defineProperty(error, key, { value, configurable: true, enumerable: true, writable: true });
    }
  }
}

/** As the language itself sets these: not enumerable. */
function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, enumerable: false, writable: true });
}

function asText(json: unknown): string {
  if (typeof json !== "string") throw malformed();
  return json;
}

function asArray(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw malformed();
  return json;
}
