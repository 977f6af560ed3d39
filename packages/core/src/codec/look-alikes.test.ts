import fc from "fast-check";
import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { isSame } from "../../test/same.ts";
import { SerializationError } from "../errors.ts";
import { codec } from "./codec.ts";

const WRAPPED_DATE = { json: "1970-01-01T00:00:00.000Z", meta: { values: ["Date"], v: 1 } };

describe("a plain value that looks wrapped", () => {
  it.each<[string, object]>([
    ["only json", { json: 1 }],
    ["json and meta", { json: 1, meta: 2 }],
    ["a wrapped value itself", WRAPPED_DATE],
    ["a wrapped value twice", { json: WRAPPED_DATE, meta: { v: 1 } }],
    ["dangerous keys inside", JSON.parse('{"json":{"__proto__":{"x":1},"constructor":1}}')],
  ])("is wrapped: %s", (_, value) => {
    const text = codec.encode(value);
    expect(text).toBe(`{"json":${JSON.stringify(value)},"meta":{"v":1}}`);
    expect(codec.decode(text)).toEqual(value);
  });

  it("is understood by superjson, too", () => {
    expect(superjson.parse(codec.encode(WRAPPED_DATE))).toEqual(WRAPPED_DATE);
  });

  it.each<[string, unknown]>([
    ["another member", { json: 1, meta: { v: 1 }, at: 1 }],
    ["another order", { meta: { v: 1 }, json: 1 }],
    ["only meta", { meta: { v: 1 } }],
    ["inside an array", [{ json: 1 }]],
    ["inside an object", { value: { json: 1, meta: { v: 1 } } }],
    ["text of that form", '{"json":1,"meta":{"v":1}}'],
  ])("is left alone where it cannot be mistaken: %s", (_, value) => {
    expect(codec.encode(value)).toBe(JSON.stringify(value));
    expect(codec.decode(codec.encode(value))).toEqual(value);
  });

  it("survives whatever json and meta hold", () => {
    const meta = fc.oneof(
      fc.json().map((text): unknown => JSON.parse(text)),
      fc.record({ values: fc.anything(), referentialEqualities: fc.anything(), v: fc.nat(2) }, { requiredKeys: [] }),
    );
    const lookAlike = fc.tuple(fc.json(), meta).map(([json, inside]) => ({
      json: JSON.parse(json) as unknown,
      meta: JSON.parse(JSON.stringify(inside)) as unknown,
    }));
    fc.assert(
      fc.property(lookAlike, (value) => isSame(value, codec.decode(codec.encode(value)))),
      { numRuns: 1_000 },
    );
  });
});

describe("text of other programs", () => {
  it.each([
    '{"json":1}',
    '{"json":[{"a":1}]}',
    '{"json":1,"meta":null}',
    '{"json":1,"meta":{}}',
    '{"json":1,"meta":[]}',
    '{"json":1,"meta":"title"}',
    '{"json":1,"meta":{"v":2}}',
    '{"json":1,"meta":{"v":1,"author":"x"}}',
    '{"json":1,"meta":{"values":"x"}}',
    '{"json":1,"meta":{"v":1},"more":true}',
    '{"json" : 1,"meta":{"v":1}}',
    ' [1, 2.50, "\\u00e9"]\n',
    '"9007199254740993"',
    "null",
    "12",
  ])("is read as the JSON that it is: %s", (text) => {
    expect(codec.decode(text)).toEqual(JSON.parse(text));
  });

  it.each(["", "hello secret", "{", '{"json":', "undefined", "NaN", "{'a':1}", "\u0000"])(
    "is refused without being repeated if it is not JSON: %j",
    (text) => {
      const error = failureOf(() => codec.decode(text));
      expect(error.message).toContain("not JSON");
      expect(error.message).not.toContain("hello");
      expect(error.cause).toBeUndefined();
    },
  );

  it.each([
    '{"json":1,"meta":{"values":[]}}',
    '{"json":1,"meta":{"values":["Date"]}}',
    '{"json":"x","meta":{"values":["bigint"]}}',
    '{"json":"x","meta":{"values":["number"]}}',
    '{"json":"x","meta":{"values":["map"]}}',
    '{"json":[1],"meta":{"values":["map"]}}',
    '{"json":"/(/","meta":{"values":["regexp"]}}',
    '{"json":"x","meta":{"values":["URL"]}}',
    '{"json":{},"meta":{"values":["Error"]}}',
    '{"json":[1],"meta":{"values":[["typed-array","Array"]]}}',
    '{"json":[{}],"meta":{"values":[["typed-array","Uint8Array"]]}}',
    '{"json":["x"],"meta":{"values":[["typed-array","BigInt64Array"]]}}',
    '{"json":{"secret":1},"meta":{"values":[["class","User"]]}}',
    '{"json":{"secret":1},"meta":{"values":[["custom","Decimal"]]}}',
    '{"json":"secret","meta":{"values":[["symbol","s"]]}}',
    '{"json":{"a":1},"meta":{"values":{"b":["Date"]}}}',
    '{"json":{"a":1},"meta":{"values":{"a\\\\b":["Date"]},"v":1}}',
    '{"json":[1],"meta":{"values":{"length":["Date"]}}}',
    '{"json":{},"meta":{"values":{"toString":["Date"]}}}',
    '{"json":{"a":1},"meta":{"referentialEqualities":{"a":"b"}}}',
    '{"json":{"a":1},"meta":{"referentialEqualities":{"b":["a"]}}}',
  ])("in superjson's shape is refused if its annotations do not fit: %s", (text) => {
    expect(failureOf(() => codec.decode(text)).message).not.toContain("secret");
  });

  it("survives links that run in a ring", () => {
    const text = '{"json":{"a":null,"b":null},"meta":{"referentialEqualities":{"a":["b"],"b":["a"]},"v":1}}';
    expect(codec.decode(text)).toEqual({ a: null, b: null });
  });

  it("is refused where annotations lead deeper than the stack", () => {
    const levels = 100_000;
    const text = `{"json":${"[".repeat(levels)}null${"]".repeat(levels)},"meta":{"values":{"${Array(levels).fill("0").join(".")}":["undefined"]},"v":1}}`;
    expect(failureOf(() => codec.decode(text)).message).toContain("too deeply");
  });

  it("never makes decode throw anything but a SerializationError", () => {
    const annotation = fc.constantFrom(
      ["Date"],
      ["map"],
      ["set"],
      ["Error"],
      ["undefined"],
      ["bigint"],
      ["regexp"],
      [["typed-array", "Int8Array"]],
    );
    const path = fc.constantFrom("a", "b", "a.0", "a.0.1", "b.a", "0", "__proto__", "constructor", "a.__proto__", "");
    const text = fc
      .record({
        json: fc.oneof(
          fc.json().map((json) => JSON.parse(json) as unknown),
          fc.constant({ a: [[1, "2"]], b: { a: "x" } }),
        ),
        meta: fc.record({
          values: fc.oneof(annotation, fc.dictionary(path, annotation)),
          referentialEqualities: fc.dictionary(path, fc.array(path)),
        }),
      })
      .map((wrapped) => JSON.stringify(wrapped));
    fc.assert(
      fc.property(text, (stored) => {
        try {
          codec.decode(stored);
        } catch (error) {
          return error instanceof SerializationError;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  });
});

function failureOf(run: () => unknown): SerializationError {
  try {
    run();
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
