import { SerializationError } from "../errors.ts";
import { tagOf } from "./kinds.ts";
import { showPath } from "./paths.ts";

/** Where the writer is in a value: property names and indexes from the root. */
export type Trail = readonly (string | number)[];

/** Says what cannot be stored, where it is, and what to do; never the value. */
export function refuse(what: string, trail: Trail, advice: string): SerializationError {
  const path = showPath(trail);
  return new SerializationError(`${what} cannot be stored; found at ${path}. ${advice}`, path);
}

/** For functions, symbols and instances of classes. */
export function refuseValue(value: unknown, trail: Trail): SerializationError {
  if (typeof value === "function") return refuse("A function", trail, "Leave it out, or store what it returns.");
  if (typeof value !== "object" || value === null) return refuse("A symbol", trail, "Store a string instead.");
  const name = classNameOf(value);
  return refuse(`An instance of ${name}`, trail, adviceFor(name));
}

function adviceFor(name: string): string {
  switch (name) {
    case "Promise":
      return "Await it first.";
    case "Buffer":
      return "Pass its bytes as new Uint8Array(buffer), or as text in base64.";
    case "ArrayBuffer":
    case "SharedArrayBuffer":
    case "DataView":
      return "Pass a typed array over it, such as new Uint8Array(buffer).";
    default:
      return "Pass a plain object with its data.";
  }
}

function classNameOf(value: object): string {
  const type: unknown = value.constructor;
  const name: unknown = typeof type === "function" ? type.name : undefined;
  return typeof name === "string" && /^[\w$]{1,60}$/.test(name) ? name : tagOf(value);
}
