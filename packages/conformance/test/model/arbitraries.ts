import fc from "fast-check";

/** Outlives every run, by different spans, so that a TTL which was not replaced shows. */
const LONG_TTLS_MS = [3_600_000, 7_200_000, 100 * 365 * 86_400_000] as const;

/** Expires at once: who uses it waits for that. */
export const SHORTEST_MS = 1;

const AWKWARD_CHARACTERS = fc.constantFrom(
  ..."*?[]\\^-%{}:\"', \n\r\t\u0000".split(""),
  "\uFEFF",
  "\u2028",
  "é",
  "e\u0301",
  "日",
  "👩‍👩‍👧",
  "\u{10FFFF}",
);

/** Any text that is well-formed Unicode. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 3, arbitrary: fc.string({ unit: AWKWARD_CHARACTERS, maxLength: 8 }) },
);

const integerText: fc.Arbitrary<string> = fc.oneof(
  fc.maxSafeInteger().map(String),
  fc.integer({ min: -5, max: 5 }).map(String),
  fc.bigInt({ min: -(2n ** 63n) - 2n, max: 2n ** 63n + 2n }).map(String),
  fc.constantFrom(
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740992",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
  ),
);

const notQuiteInteger = fc.constantFrom("", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "NaN", "Infinity");

/** What a key may hold: any text, much that looks like a number, sometimes a megabyte. */
export const value: fc.Arbitrary<string> = fc.oneof(
  { weight: 24, arbitrary: text },
  { weight: 16, arbitrary: integerText },
  { weight: 8, arbitrary: notQuiteInteger },
  { weight: 1, arbitrary: fc.constantFrom("x", "é", "日").map((unit) => unit.repeat(350_000)) },
);

export const by: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER),
);

export const ttl: fc.Arbitrary<number | "forever"> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LONG_TTLS_MS) },
  { weight: 3, arbitrary: fc.constant("forever" as const) },
  { weight: 1, arbitrary: fc.constant(SHORTEST_MS) },
);

export const fieldName: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("", "a", "__proto__", "constructor", "0", "1") },
  { weight: 1, arbitrary: text },
);

export const condition: fc.Arbitrary<"absent" | "present" | undefined> = fc.constantFrom(
  undefined,
  "absent",
  "present",
);

/** Ids of a run's keys: few, so that commands meet. */
export const ids: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  text.filter((id) => id !== ""),
  { minLength: 4, maxLength: 7 },
);

/** The beginning of a text, by whole characters. */
export function beginning(whole: string, length: number): string {
  return Array.from(whole).slice(0, length).join("");
}
