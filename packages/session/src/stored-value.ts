import { codec, freezeDeeply } from "@holdfast/core";

/** Reads a field's text. Objects are frozen: a change in place would be lost in silence. */
export function readValue(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const value = codec.decode(text);
  freezeDeeply(value);
  return value;
}
