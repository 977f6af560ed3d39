/** Stands where a message repeated the value. */
const BLOT = "…";
const VAGUE = "is not as the schema says";

/** Values with more parts than this are not searched for; their messages are replaced. */
const MAX_PARTS = 2_000;
/** Shorter text is only blotted out where it stands alone: a 5 must not blot the 15 of "at least 15". */
const SHORT = 4;
/** Libraries cut long values; this much of the beginning gives one away. */
const TELLTALE = 12;
const MAX_MESSAGE_LENGTH = 300;

/**
 * Blots out what a schema library's message repeats of the value: valibot and arktype quote what they received,
 * and messages of one's own may.
 */
export function redact(message: string, value: unknown): string {
  const parts = partsOf(value);
  if (!parts) return VAGUE;
  let text = message;
  for (const part of parts) text = blot(text, part);
  for (const part of parts) if (part.length > TELLTALE && text.includes(part.slice(0, TELLTALE))) return VAGUE;
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}${BLOT}` : text;
}

function blot(message: string, part: string): string {
  if (!message.includes(part)) return message;
  if (part.length >= SHORT) return message.replaceAll(part, BLOT);
  const escaped = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return message.replace(new RegExp(`(?<![\\p{L}\\p{N}.])${escaped}(?![\\p{L}\\p{N}])`, "gu"), BLOT);
}

/** The texts of every string, number, bigint and date inside, longest first; `undefined` if there are too many. */
function partsOf(value: unknown): string[] | undefined {
  const parts = new Set<string>();
  const seen = new Set<unknown>();
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const item = rest.pop();
    if (seen.size > MAX_PARTS || parts.size > MAX_PARTS) return undefined;
    if (typeof item === "string") addText(parts, item);
    else if (typeof item === "number" || typeof item === "bigint") parts.add(String(item));
    else if (typeof item === "object" && item !== null && !seen.has(item)) {
      seen.add(item);
      rest.push(...insideOf(item));
    }
  }
  return [...parts].toSorted((a, b) => b.length - a.length);
}

function addText(parts: Set<string>, text: string): void {
  if (text.trim() === "") return;
  parts.add(text);
  // As libraries quote it.
  parts.add(JSON.stringify(text).slice(1, -1));
}

function insideOf(item: object): unknown[] {
  if (item instanceof Date)
    return Number.isNaN(item.getTime()) ? [] : [item.toISOString(), String(item), item.getTime()];
  if (item instanceof Map) return [...item.keys(), ...item.values()];
  if (item instanceof Set) return [...item];
  return Object.values(item);
}
