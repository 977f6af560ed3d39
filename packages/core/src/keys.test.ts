import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidKeyError } from "./errors.ts";
import { createKeySpace, MAX_KEY_BYTES } from "./keys.ts";

/** Well-formed text from all of Unicode, rich in the signs that keys treat specially. */
const part = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from("%:{}*?[]\\^-25AB7Da ")),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((signs) => signs.join(""));

const stored = (namespace: string, id: string): string => createKeySpace("k", namespace).toStored(id);

describe("createKeySpace", () => {
  it("builds readable keys", () => {
    expect(stored("app", "user:1")).toBe("hf:k:app:user:1");
    expect(createKeySpace("c", "shop").prefix).toBe("hf:c:shop:");
  });

  it("keeps apart what only joins alike", () => {
    expect(stored("a", "b:c")).not.toBe(stored("a:b", "c"));
    expect(stored("a%3Ab", "c")).not.toBe(stored("a:b", "c"));
    expect(stored("a", "%7B")).not.toBe(stored("a", "{"));
    expect(createKeySpace("k", "a").toStored("b")).not.toBe(createKeySpace("c", "a").toStored("b"));
  });

  it("maps different pairs to different keys, and back", () => {
    fc.assert(
      fc.property(part, part, part, part, (namespaceA, idA, namespaceB, idB) => {
        const [keyA, keyB] = [stored(namespaceA, idA), stored(namespaceB, idB)];
        expect(keyA === keyB).toBe(namespaceA === namespaceB && idA === idB);
        expect(createKeySpace("k", namespaceA).toId(keyA)).toBe(idA);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never lets one namespace's prefix begin another's keys", () => {
    fc.assert(
      fc.property(part, part, part, (namespaceA, namespaceB, id) => {
        fc.pre(namespaceA !== namespaceB);
        expect(stored(namespaceB, id).startsWith(createKeySpace("k", namespaceA).prefix)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("stores a prefix as a prefix, and nothing else as one", () => {
    fc.assert(
      fc.property(part, part, fc.oneof(part, fc.constant("")), (id, other, beginning) => {
        const space = createKeySpace("k", "app");
        const prefix = space.toStoredPrefix(beginning);
        expect(space.toStored(beginning + id).startsWith(prefix)).toBe(true);
        expect(space.toStored(other).startsWith(prefix)).toBe(other.startsWith(beginning));
      }),
      { numRuns: 1_000 },
    );
  });

  it("lets through no sign that chooses a slot or widens a pattern", () => {
    fc.assert(
      fc.property(part, part, (namespace, id) => {
        expect(stored(namespace, id)).not.toMatch(/[{}*?[\]\\]/);
        expect(createKeySpace("k", namespace).toStoredPrefix(id)).not.toMatch(/[{}*?[\]\\]/);
      }),
    );
  });

  it("does not mix up forms that look alike", () => {
    expect(stored("app", "\u00e9")).not.toBe(stored("app", "e\u0301"));
    expect(stored("app", "a\u0000")).not.toBe(stored("app", "a"));
  });

  it("accepts up to the limit in UTF-8 bytes", () => {
    const space = createKeySpace("k", "n".repeat(MAX_KEY_BYTES));
    expect(space.toId(space.toStored("é".repeat(MAX_KEY_BYTES / 2)))).toBe("é".repeat(MAX_KEY_BYTES / 2));
    expect(space.toId(space.toStored("*".repeat(MAX_KEY_BYTES)))).toBe("*".repeat(MAX_KEY_BYTES));
    expect(() => space.toStored(`${"é".repeat(MAX_KEY_BYTES / 2)}a`)).toThrow(/1025/);
  });

  it.each<[string, unknown, RegExp]>([
    ["empty", "", /empty/],
    ["too long", "k".repeat(10_240), /10240.*SHA-256/],
    ["a number", 5, /number.*String\(id\)/],
    ["undefined", undefined, /undefined/],
    ["null", null, /null/],
    ["an object", { secret: 1 }, /object/],
    ["an array", ["secret"], /object/],
    ["half a pair, first", "secret\uD83D", /surrogate/],
    ["half a pair, second", "\uDE00secret", /surrogate/],
    ["halves in the wrong order", "\uDE00\uD83D", /surrogate/],
    ["a pair and a half", "\uD83D\uD83D\uDE00", /surrogate/],
  ])("refuses a key or namespace that is %s", (_, given, message) => {
    const key = given as string;
    const space = createKeySpace("k", "app");
    const prefix = key === "" ? [] : [() => space.toStoredPrefix(key)];
    for (const use of [() => space.toStored(key), () => createKeySpace("k", key), ...prefix]) {
      expect(use).toThrow(InvalidKeyError);
      expect(use).toThrow(message);
      expect(use).not.toThrow(/secret/);
    }
  });
});
