import fc from "fast-check";
import superjson, { SuperJSON } from "superjson";
import { describe, expect, it } from "vitest";
import { graph, superjsonTree, superjsonValue } from "../../test/arbitraries.ts";
import { isSame } from "../../test/same.ts";
import { codec } from "./codec.ts";

const deduping = new SuperJSON({ dedupe: true });

describe("superjson's format", () => {
  it("is what encode writes: superjson reads it wherever it reads its own", () => {
    fc.assert(
      fc.property(superjsonTree, (tree) => {
        const value = [tree, undefined];
        // fast-check repeats items by reference, and superjson confuses repeated references in maps and sets.
        fc.pre(superjsonReads(deduping.stringify(value), value));
        return isSame(value, superjson.parse(codec.encode(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is what decode reads, as superjson writes it", () => {
    fc.assert(
      fc.property(superjsonValue, (value) =>
        isSame([value, undefined], codec.decode(superjson.stringify([value, undefined]))),
      ),
      { numRuns: 1_000 },
    );
  });

  it("says the same as superjson with dedupe, wherever objects repeat", () => {
    fc.assert(
      fc.property(graph, (value) => {
        expect(JSON.parse(codec.encode([value, undefined]))).toEqual(
          JSON.parse(deduping.stringify([value, undefined])),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("carries errors that superjson reads", () => {
    const [error] = superjson.parse<[Error]>(codec.encode([new TypeError("no", { cause: 1n })]));
    expect(error).toMatchObject({ name: "TypeError", message: "no", cause: 1n });
  });

  it("is read also where superjson wrote repeated references in full", () => {
    const user = { name: "Ada" };
    const value = { deep: { first: user }, second: user, list: [user, new Date(1)] };
    const text = superjson.stringify(value);
    expect(text.match(/Ada/g)).toHaveLength(3);
    expect(isSame(value, codec.decode(text))).toBe(true);
  });

  it("is read also where a repeated reference holds another", () => {
    const city = { name: "London" };
    const address = { city };
    const value = { user: { address }, billing: address, cities: { first: { city } } };
    const read = codec.decode(superjson.stringify(value)) as typeof value;
    expect(isSame(value, read)).toBe(true);
    expect(read.cities.first.city).toBe(read.billing.city);
  });

  it("is read wherever superjson reads its own, with references in full or deduped", () => {
    fc.assert(
      fc.property(graph, fc.constantFrom(superjson, deduping), (part, writer) => {
        const value = [part, undefined];
        const text = JSON.stringify(writer.serialize(value));
        fc.pre(superjsonReads(text, value));
        return isSame(value, codec.decode(text));
      }),
      { numRuns: 500 },
    );
  });

  it("is read in its first version, which left backslashes alone", () => {
    const text = '{"json":{"a\\\\b":{"c.d":"1"}},"meta":{"values":{"a\\\\b.c\\\\.d":["bigint"]}}}';
    expect(codec.decode(text)).toEqual({ "a\\b": { "c.d": 1n } });
  });

  describe("as superjson's own code treats it", () => {
    const [a, b] = [{ n: 1 }, { n: 2 }];

    it.each<[string, unknown]>([
      ["objects of a set that are referenced elsewhere", { a, b, set: new Set([a, b]) }],
      [
        "the order of a map's keys",
        {
          a,
          map: new Map<unknown, number>([
            [a, 1],
            [b, 2],
          ]),
        },
      ],
      ["an invalid date", [new Date(Number.NaN)]],
      ["NaN in a typed array", new Float64Array([Number.NaN])],
      ["an error's own properties", Object.assign(new Error("no"), { code: "E1" })],
    ])("loses %s, which the codec keeps", (_, value) => {
      expect(isSame(value, superjson.parse(superjson.stringify(value)))).toBe(false);
      expect(isSame(value, codec.decode(codec.encode(value)))).toBe(true);
    });

    it("refuses keys named constructor, which the codec keeps", () => {
      const value = { constructor: "Bauhaus", built: new Date(0) };
      expect(() => superjson.stringify(value)).toThrow("constructor");
      expect(isSame(value, codec.decode(codec.encode(value)))).toBe(true);
    });

    it("drops what a function or a class instance holds, which the codec refuses", () => {
      const value = { f: () => 1, weak: new WeakMap() };
      expect(superjson.parse(superjson.stringify(value))).toEqual({ weak: {} });
      expect(() => codec.encode(value)).toThrow("$.f");
    });
  });
});

/** It throws on some of its own texts, and reads others wrong. */
function superjsonReads(text: string, value: unknown): boolean {
  try {
    return isSame(value, superjson.parse(text));
  } catch {
    return false;
  }
}
