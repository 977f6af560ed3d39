import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyValue, graph, plainValue } from "../../test/arbitraries.ts";
import { isSame } from "../../test/same.ts";
import { codec } from "./codec.ts";

const tripped = (value: unknown): unknown => codec.decode(codec.encode(value));

describe("round trip", () => {
  it("keeps every tree of every storable kind", () => {
    fc.assert(
      fc.property(anyValue, (value) => isSame(value, tripped(value))),
      { numRuns: 2_000 },
    );
  });

  it("keeps repeated references and cycles through objects, arrays, maps and sets", () => {
    fc.assert(
      fc.property(graph, (value) => isSame(value, tripped(value))),
      { numRuns: 2_000 },
    );
  });

  it("writes exactly JSON.stringify's text for what JSON keeps, unless it looks wrapped", () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        const json = JSON.stringify(value);
        const text = codec.encode(value);
        return text === json || text === `{"json":${json},"meta":{"v":1}}`;
      }),
      { numRuns: 2_000 },
    );
  });

  it("is stable: encoding what was decoded gives the same text", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = codec.encode(value);
        expect(codec.encode(codec.decode(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, unknown]>([
    ["undefined itself", undefined],
    ["an undefined member", { a: undefined }],
    ["NaN", Number.NaN],
    ["-0 in an array", [0, -0]],
    ["an invalid date", { at: new Date(Number.NaN) }],
    ["the earliest and the latest date", [new Date(-8.64e15), new Date(8.64e15)]],
    ["special numbers in a typed array", new Float64Array([Number.NaN, -0, Number.POSITIVE_INFINITY, 1.5])],
    ["64-bit integers", new BigUint64Array([2n ** 64n - 1n])],
    ["a view into a larger buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ["a map with object keys", new Map([[{ id: 1 }, new Map([[[1n], -0]])]])],
    ["a set that holds a set", new Set([1n, 2n, new Set([Number.NaN])])],
    [
      "an error with a cause and properties",
      Object.assign(new TypeError("no", { cause: { at: new Date(0) } }), { code: "E1" }),
    ],
    ["an error renamed", Object.assign(new Error("no"), { name: "Oops" })],
    ["an error of errors", new AggregateError([new RangeError("a"), 5n], "both")],
    ["keys with dots and backslashes", { "a.b": { "c\\d": 1n, "": [{ "": undefined }] } }],
    ["dangerous keys beside a date", JSON.parse('{"__proto__":{"x":[1]},"constructor":{"prototype":2},"at":null}')],
  ])("keeps %s", (_, value) => {
    if (typeof value === "object" && value !== null && "at" in value && value.at === null) value.at = new Date(1);
    expect(isSame(value, tripped(value))).toBe(true);
  });

  it("keeps the identity of dates, expressions, URLs and typed arrays", () => {
    for (const leaf of [new Date(1), /x/g, new URL("https://example.com"), new Uint8Array([1]), new Error("no")]) {
      const [first, second] = tripped([leaf, leaf]) as [unknown, unknown];
      expect(first).toBe(second);
    }
  });

  it("gives objects without a prototype the usual one", () => {
    const value: object = Object.assign(Object.create(null), { a: 1 });
    expect(codec.encode(value)).toBe('{"a":1}');
    expect(Object.getPrototypeOf(tripped(value))).toBe(Object.prototype);
  });

  it("does not keep an error's stack, and gives none that misleads", () => {
    const text = codec.encode(new TypeError("no"));
    expect(text).not.toContain("round-trip");
    expect((codec.decode(text) as Error).stack).toBe("TypeError: no");
  });

  it("reads getters as data", () => {
    expect(
      codec.encode({
        get a() {
          return 1;
        },
      }),
    ).toBe('{"a":1}');
  });

  it("does not let one encode disturb another that a getter starts", () => {
    const shared = { n: 1 };
    const value = {
      get inner() {
        return codec.encode([shared, shared]);
      },
      list: [shared],
    };
    expect(codec.encode(value)).toBe(JSON.stringify(value));
  });

  it("stores a much repeated reference once", () => {
    let value: unknown = "leaf";
    for (let level = 0; level < 60; level++) value = [value, value];
    const text = codec.encode(value);
    expect(text.length).toBeLessThan(10_000);
    expect(codec.encode(codec.decode(text))).toBe(text);
  });
});
