import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });

describe("editDistance", () => {
  it.each([
    ["tokyo", "tokyo", 0],
    ["toykyo", "tokyo", 1],
    ["berlni", "berlin", 1],
    ["zurick", "zurich", 1],
    ["", "ab", 2],
    ["kitten", "sitting", 3],
  ])("from %s to %s is %i", (one, other, distance) => {
    expect(editDistance(one, other, 3)).toBe(distance);
  });

  it("answers one more than the limit for anything further", () => {
    expect(editDistance("kitten", "sitting", 2)).toBe(3);
    expect(editDistance("kitten", "reykjavik", 1)).toBe(2);
  });

  it("is symmetric, and a limit changes nothing below it", () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        const distance = editDistance(one, other, 7);
        expect(editDistance(other, one, 7)).toBe(distance);
        expect(editDistance(one, other, 2)).toBe(Math.min(distance, 3));
        expect(distance === 0).toBe(one === other);
      }),
    );
  });
});
