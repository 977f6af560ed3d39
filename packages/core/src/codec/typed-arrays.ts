import { malformed } from "./malformed.ts";
import { isPlainNumber, numberText } from "./scalars.ts";

const NAMES: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  // Not in superjson, which throws on reading them.
  "BigInt64Array",
  "BigUint64Array",
]);

/** The elements as JSON; those that it cannot hold are text, which the array's constructor reads back. */
export function elements(array: ArrayLike<number | bigint>): (number | string)[] {
  return Array.from(array, (item) =>
    typeof item === "number" ? (isPlainNumber(item) ? item : numberText(item)) : String(item),
  );
}

/** @throws {SerializationError} There is no such typed array here, or the elements do not fit it. */
export function makeTypedArray(name: unknown, json: readonly unknown[]): unknown {
  const type = typeof name === "string" && NAMES.has(name) ? constructorOf(name) : undefined;
  if (!type) throw malformed("it holds a typed array of a kind that this runtime does not have");
  if (!json.every((item) => typeof item === "number" || typeof item === "string")) throw malformed();
  try {
    return new type(String(name).startsWith("Big") ? json.map(BigInt) : json);
  } catch {
    throw malformed();
  }
}

/** Looked up by name: not every runtime has Float16Array. */
function constructorOf(name: string): (new (items: readonly unknown[]) => object) | undefined {
  return (globalThis as { [name: string]: unknown })[name] as (new (items: readonly unknown[]) => object) | undefined;
}
