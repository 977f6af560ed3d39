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

/** The form of the first line; another one reads as missing. */
const FORM = "1";
/** Many entries have the same version and tags; more different ones than this are read each time. */
const MAX_LABELS = 1_000;

const labels = new Map<string, { readonly version: string; readonly tags: readonly string[] }>();

/** One line, and the body: `1 <fresh for> <cost> <gzip> <JSON of the version and the tags>`. */
export function writeEntryText({ version, freshForMs, costMs, tags, gzip }: EntryMeta, body: string): string {
  const freshFor = Number.isFinite(freshForMs) ? freshForMs : 0;
  const label = JSON.stringify([version, ...tags]);
  // Joined, not added: a memory backend would keep an added string as a chain of its parts.
  return [FORM, " ", freshFor, " ", Math.round(costMs), gzip ? " 1 " : " 0 ", label, "\n", body].join("");
}

/** @returns `undefined` if the text has another form. */
export function readEntryText(text: string): { readonly meta: EntryMeta; readonly body: string } | undefined {
  const end = text.indexOf("\n");
  const freshEnd = text.indexOf(" ", 2);
  const costEnd = text.indexOf(" ", freshEnd + 1);
  const label = readLabel(text.slice(costEnd + 3, end));
  if (!label || !text.startsWith(FORM) || text[1] !== " ") return undefined;
  const freshFor = Number(text.slice(2, freshEnd));
  return {
    meta: {
      version: label.version,
      tags: label.tags,
      freshForMs: freshFor === 0 ? Number.POSITIVE_INFINITY : freshFor,
      costMs: Number(text.slice(freshEnd + 1, costEnd)),
      gzip: text[costEnd + 1] === "1",
    },
    body: text.slice(end + 1),
  };
}

function readLabel(text: string): { readonly version: string; readonly tags: readonly string[] } | undefined {
  const known = labels.get(text);
  if (known) return known;
  try {
    const [version, ...tags] = JSON.parse(text) as [string, ...string[]];
    const label = { version, tags };
    if (labels.size >= MAX_LABELS) labels.clear();
    labels.set(text, label);
    return label;
  } catch {
    return undefined;
  }
}
