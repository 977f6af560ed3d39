import { parseEscapedKeys } from "./json-reader.ts";

/**
 * `JSON.parse`, right also where the engine is not. V8 12.8 and later may take a key that is written with an
 * escape for another one: after `{"a":1,"\\":1}` it reads the newline in `{"a":1,"\n":1}` as a backslash. Values are
 * not affected, nor keys without escapes.
 *
 * @throws {SyntaxError} The text is not JSON.
 * @see https://github.com/nodejs/node/issues/63785
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  if (!text.includes("\\") || !confusesKeys() || !hasEscapedKey(text)) return parsed;
  return parseEscapedKeys(text);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

let isConfused: boolean | undefined;

/** Asked of the engine at the first text with an escape; sound engines then pay nothing. */
function confusesKeys(): boolean {
  if (isConfused === undefined) {
    JSON.parse('{"holdfast probe":1,"\\\\":1}');
    isConfused = !Object.hasOwn(JSON.parse('{"holdfast probe":1,"\\n":1}') as object, "\n");
  }
  return isConfused;
}

/**
 * Whether a key is written with an escape; the text must be JSON. Looks from every colon back to the string before
 * it: colons are fewer than escapes in text that has many.
 */
function hasEscapedKey(text: string): boolean {
  for (let colon = text.indexOf(":"); colon !== -1; colon = text.indexOf(":", colon + 1)) {
    let at = colon - 1;
    while (isWhiteSpace(text.charCodeAt(at))) at -= 1;
    // A colon inside a string has anything before it, also an escaped quote.
    if (text.charCodeAt(at) !== QUOTE || isEscaped(text, at)) continue;
    at -= 1;
    while (at >= 0 && text.charCodeAt(at) !== QUOTE) {
      if (text.charCodeAt(at) === BACKSLASH) return true;
      at -= 1;
    }
    if (isEscaped(text, at)) return true;
  }
  return false;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** Space, tab, line feed, carriage return. */
function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}
