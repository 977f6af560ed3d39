import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { ConfigurationError, ValidationError } from "../errors.ts";
import { type StandardSchema, validate } from "./validate.ts";

const User = z.object({ name: z.string().trim(), age: z.number().min(18), tags: z.array(z.string()).default([]) });

/** A schema that answers with these issues, as other libraries do. */
function failing(...issues: { message: string; path?: PropertyKey[] }[]): StandardSchema<never> {
  return { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
}

describe("validate", () => {
  it("returns the schema's output, at once where the schema is synchronous", () => {
    const user = validate(User, { name: " Ada ", age: 36 }, "The value");
    expectTypeOf(user).toEqualTypeOf<z.output<typeof User> | Promise<z.output<typeof User>>>();
    expect(user).toEqual({ name: "Ada", age: 36, tags: [] });
  });

  it("returns a promise where the schema is asynchronous", async () => {
    const Free = z.string().refine(async (name) => name !== "taken");
    await expect(validate(Free, "ada", "The name")).resolves.toBe("ada");
    const refused = validate(Free, "taken", "The name");
    await expect(refused).rejects.toThrow(ValidationError);
    await expect(refused).rejects.not.toThrow(/taken/);
  });

  it("says what, where and why", () => {
    const error = failureOf(() => validate(User, { name: 5, age: 7, tags: ["a", null] }, "The value of user:1"));
    expect(error.message).toMatch(/^The value of user:1 does not match its schema: \$\.name: /);
    expect(error.issues).toEqual([
      "$.name: Invalid input: expected string, received number",
      "$.age: Too small: expected number to be >=18",
      "$.tags[1]: Invalid input: expected string, received null",
    ]);
  });

  it("accepts paths as objects, and symbols in them", () => {
    const schema: StandardSchema<never> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ issues: [{ message: "no", path: [{ key: "a" }, Symbol("s"), 0] }] }),
      },
    };
    expect(failureOf(() => validate(schema, {}, "x")).issues).toEqual(['$.a["(symbol)"][0]: no']);
  });

  it("lists so many issues, and counts the rest", () => {
    const issues = Array.from({ length: 1_000 }, (_, index) => ({ message: "no", path: [index] }));
    const error = failureOf(() => validate(failing(...issues), [], "x"));
    expect(error.issues).toHaveLength(21);
    expect(error.issues.at(-1)).toBe("and 980 more");
    expect(error.message.length).toBeLessThan(200);
  });

  it.each<[string, unknown, string, string]>([
    [
      "valibot's",
      "hunter2",
      'Invalid type: Expected number but received "hunter2"',
      'Invalid type: Expected number but received "…"',
    ],
    ["arktype's", { age: 5 }, "age must be at least 15 (was 5)", "age must be at least 15 (was …)"],
    ["one's own, on the whole value", { deep: [{ token: "hunter2" }] }, "bad token hunter2!", "bad token …!"],
    [
      "one that cuts the value short",
      "hunter2-and-much-more-of-it",
      "got hunter2-and-much…",
      "is not as the schema says",
    ],
    ["one that quotes", { token: 'hunter"2' }, 'got "hunter\\"2"', 'got "…"'],
    ["one with a map's key", new Map([["hunter2", 1]]), "hunter2 is unknown", "… is unknown"],
    ["one with a big number", 12345678901234567890n, "too big: 12345678901234567890", "too big: …"],
    [
      "one about too large a value",
      Array.from({ length: 5_000 }, (_, index) => `hunter2-${index}`),
      "hunter2-77",
      "is not as the schema says",
    ],
    [
      "zod's, which names types and limits only",
      "hunter2",
      "Invalid input: expected number, received string",
      "Invalid input: expected number, received string",
    ],
  ])("blots the value out of a message: %s", (_, value, message, shown) => {
    const error = failureOf(() => validate(failing({ message }), value, "x"));
    expect(error.issues).toEqual([`$: ${shown}`]);
    expect(error.message).not.toContain("hunter2");
    expect(error.cause).toBeUndefined();
  });

  it("does not repeat what a zod refinement repeats", () => {
    const schema = z.object({
      token: z.string().refine(() => false, { error: (issue) => `bad: ${String(issue.input)}` }),
    });
    const error = failureOf(() => validate(schema, { token: "hunter2" }, "x"));
    expect(error.issues).toEqual(["$.token: bad: …"]);
  });

  it("wraps what a schema throws", async () => {
    const cause = new Error("secret");
    const fail = (): never => {
      throw cause;
    };
    const throwing: StandardSchema<never> = { "~standard": { version: 1, vendor: "test", validate: fail } };
    expect(failureOf(() => validate(throwing, "a", "x"))).toMatchObject({ cause });
    const rejecting: StandardSchema<never> = {
      "~standard": { version: 1, vendor: "test", validate: async () => fail() },
    };
    const later = validate(rejecting, "a", "x");
    await expect(later).rejects.toMatchObject({ name: "ValidationError", cause });
    await expect(later).rejects.not.toThrow(/secret/);
  });

  it.each([undefined, null, {}, () => true, { parse: () => 1 }, { "~standard": {} }])(
    "refuses %s for a schema",
    (schema) => {
      expect(() => validate(schema as never, 1, "x")).toThrow(ConfigurationError);
    },
  );
});

function failureOf(run: () => unknown): ValidationError {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
