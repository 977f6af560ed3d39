/**
 * superjson names places by path: keys joined by dots, with dots and backslashes inside a key escaped.
 *
 * @see https://github.com/flightcontrolhq/superjson/blob/main/src/pathstringifier.ts
 */
export function escapeSegment(key: string): string {
  return /[\\.]/.test(key) ? key.replaceAll("\\", "\\\\").replaceAll(".", "\\.") : key;
}

/**
 * The inverse of joining escaped segments.
 *
 * @param isLegacy The text predates version 1 of the format, which left backslashes as they were.
 * @returns The keys, or `undefined` if the path is malformed.
 */
export function parsePath(path: string, isLegacy: boolean): string[] | undefined {
  const segments: string[] = [];
  let segment = "";
  for (let index = 0; index < path.length; index++) {
    const character = path.charAt(index);
    const next = path.charAt(index + 1);
    if (character === "\\" && (next === "." || (next === "\\" && !isLegacy))) {
      segment += next;
      index += 1;
    } else if (character === "\\" && !isLegacy) {
      return undefined;
    } else if (character === ".") {
      segments.push(segment);
      segment = "";
    } else {
      segment += character;
    }
  }
  segments.push(segment);
  return segments;
}

/** The longest part of a key that a message repeats. */
const SHOWN_KEY_LENGTH = 40;

/** A place as people write it: `$.user.tags[2]`, `$["first name"]`. */
export function showPath(trail: readonly (string | number)[]): string {
  let path = "$";
  for (const step of trail) {
    if (typeof step === "number") path += `[${step}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(step) && step.length <= SHOWN_KEY_LENGTH) path += `.${step}`;
    else path += `[${JSON.stringify(shorten(step))}]`;
  }
  return path;
}

function shorten(key: string): string {
  return key.length > SHOWN_KEY_LENGTH ? `${key.slice(0, SHOWN_KEY_LENGTH)}…` : key;
}
