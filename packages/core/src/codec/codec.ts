import superjson from "superjson";
import { SerializationError } from "../errors.ts";

/** Turns values into stored text and back. */
export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

export const codec: Codec = { encode, decode };

function encode(value: unknown): string {
  return isPlain(value) && !looksWrapped(value) ? JSON.stringify(value) : superjson.stringify(value);
}

function decode(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new SerializationError("The stored text is not JSON: another program wrote it, or it was cut.", "$");
  }
  if (!text.startsWith('{"json":') || !looksWrapped(parsed)) return parsed;
  return superjson.deserialize(parsed as unknown as Parameters<typeof superjson.deserialize>[0]);
}

function looksWrapped(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const keys = Object.keys(value).join();
  return keys === "json" || keys === "json,meta";
}

function isPlain(value: unknown, path = "$"): boolean {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new SerializationError(`A ${typeof value} cannot be stored; found at ${path}.`, path);
  }
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every((item, index) => isPlain(item, `${path}[${index}]`));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return Object.entries(value).every(([key, item]) => isPlain(item, `${path}.${key}`));
}
