/** What a cache keeps beside a value. */
export interface EntryMeta {
  /** The `version` option under which it was written. */
  readonly version: string;
  /** Milliseconds from writing until it is stale; `Infinity` if never. */
  readonly freshForMs: number;
  /** What computing it took, in milliseconds; 0 if it was set. */
  readonly costMs: number;
  /** In the order of the stored versions. */
  readonly tags: readonly string[];
  /** Whether the body is gzip in base64. */
  readonly gzip: boolean;
}

/** The form of the first line; another number is another form and reads as missing. */
const FORM = 1;

/** One line of JSON, then the body. */
export function writeEntryText({ version, freshForMs, costMs, tags, gzip }: EntryMeta, body: string): string {
  const freshFor = Number.isFinite(freshForMs) ? freshForMs : 0;
  return `${JSON.stringify([FORM, version, freshFor, Math.round(costMs), gzip ? 1 : 0, ...tags])}\n${body}`;
}

/** @returns `undefined` if the text has another form. */
export function readEntryText(text: string): { readonly meta: EntryMeta; readonly body: string } | undefined {
  const end = text.indexOf("\n");
  if (end === -1) return undefined;
  let line: unknown;
  try {
    line = JSON.parse(text.slice(0, end));
  } catch {
    return undefined;
  }
  if (!Array.isArray(line) || line[0] !== FORM) return undefined;
  const [, version, freshFor, costMs, gzip, ...tags] = line as [number, string, number, number, number, ...string[]];
  return {
    meta: { version, freshForMs: freshFor === 0 ? Number.POSITIVE_INFINITY : freshFor, costMs, tags, gzip: gzip === 1 },
    body: text.slice(end + 1),
  };
}
