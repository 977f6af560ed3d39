import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ValueTooLargeError } from "../errors.ts";
import { assertValueSize, byteLength, DEFAULT_MAX_VALUE_BYTES } from "./size.ts";

describe("byteLength", () => {
  it("is the length of what a TextEncoder gives, for all of Unicode and lone surrogates", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
        ),
        (text) => {
          expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("assertValueSize", () => {
  it("accepts text of exactly the limit, and refuses one byte more, counting bytes", () => {
    expect(() => assertValueSize("é".repeat(50), 100)).not.toThrow();
    expect(() => assertValueSize(`${"é".repeat(50)}a`, 100)).toThrow(ValueTooLargeError);
    expect(() => assertValueSize("a".repeat(DEFAULT_MAX_VALUE_BYTES), DEFAULT_MAX_VALUE_BYTES)).not.toThrow();
  });

  it("says both sizes, and not the value", () => {
    const text = "secret".repeat(100);
    const check = (): void => assertValueSize(text, 10);
    expect(check).toThrow(expect.objectContaining({ code: "VALUE_TOO_LARGE", sizeBytes: 600, limitBytes: 10 }));
    expect(check).toThrow(/600 bytes; the limit is 10/);
    expect(check).not.toThrow(/secret/);
  });
});
