import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseJson } from "./json.ts";
import { parseEscapedKeys } from "./json-reader.ts";

const key = fc.oneof(
  fc.constantFrom("\\", "\\n", "\n", '"', '\\"', "\\u", "\uD800", "\uD800a", "__proto__", "", "a"),
  fc.string({ unit: "binary", maxLength: 3 }),
);

/** What text says: entries instead of objects, so that no engine's keys are relied on. */
type Entries = unknown;

const { value: entries } = fc.letrec<{ value: Entries }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.record({ array: fc.array(tie("value"), { maxLength: 3 }) }),
    fc.record({ object: fc.uniqueArray(fc.tuple(key, tie("value")), { maxLength: 4, selector: ([name]) => name }) }),
  ),
}));

interface Nested {
  readonly array?: readonly Entries[];
  readonly object?: readonly (readonly [string, Entries])[];
}

function write(value: Entries, space: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { array, object } = value as Nested;
  if (array) return `[${space}${array.map((item) => write(item, space)).join(`${space},${space}`)}${space}]`;
  const members = (object ?? []).map(([name, item]) => `${JSON.stringify(name)}${space}:${space}${write(item, space)}`);
  return `{${space}${members.join(`${space},${space}`)}${space}}`;
}

/** Whether `parsed` holds what the entries say; integer-like keys come first in any object. */
function says(value: Entries, parsed: unknown): boolean {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) === JSON.stringify(parsed);
  const { array, object = [] } = value as Nested;
  if (array)
    return Array.isArray(parsed) && parsed.length === array.length && array.every((item, at) => says(item, parsed[at]));
  const own = Object.getOwnPropertyDescriptors(parsed as object);
  return Object.keys(own).length === object.length && object.every(([name, item]) => says(item, own[name]?.value));
}

describe("parseJson", () => {
  it.each(["\\", "\\n", '\\"', "\\u", "\\ud8", "a\\"])(
    "keeps an escaped key although a key %j came before",
    (before) => {
      for (const name of ["\n", '"', "\uD800", "\n1", '"a', "\uD800a", "\uD800abc", "a\n"]) {
        JSON.parse(JSON.stringify({ [`first ${name}`]: 1, [before]: 1 }));
        const text = JSON.stringify({ [`first ${name}`]: 1, [name]: 1 });
        expect(Object.keys(parseJson(text) as object)).toEqual([`first ${name}`, name]);
      }
    },
  );

  it("keeps every key of every text, with white space or without", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom("", " ", "\n\t\r "), (value, space) =>
        says(value, parseJson(write(value, space))),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe("the reader of escaped keys", () => {
  beforeAll(() => {
    JSON.parse('{"a":1,"\\\\":1}');
  });

  it("reads every text as it is written", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom("", " \n"), (value, space) =>
        says(value, parseEscapedKeys(write(value, space))),
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '{"a\\n":1,"a\\n":2}',
    ' { "a" : [ ] , "b" : { } , "c\\"d" : -1.5e+3 } ',
    '{"__proto__":{"x\\\\":1}}',
    '[true,false,null,"\\u00e9\\ud83d\\ude00",0,-0.0,1E5]',
    '"\\\\"',
    " 12 ",
  ])("agrees with the engine on %s", (text) => {
    const parsed = parseEscapedKeys(text);
    expect(parsed).toEqual(JSON.parse(text));
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(text)));
    expect(Object.getPrototypeOf(Object(parsed))).toBe(Object.getPrototypeOf(Object(JSON.parse(text))));
  });

  it("is not slow on long strings full of escapes", () => {
    const text = JSON.stringify({ 'a"': '\n"\\'.repeat(100_000), b: Array.from({ length: 20_000 }, () => '"') });
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });
});
