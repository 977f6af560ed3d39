import { describe, expect, test } from "vitest";
import { add } from "./counter.ts";

const MAX = Number.MAX_SAFE_INTEGER;

describe("add", () => {
  test.each([
    [undefined, 1, 1],
    [undefined, 0, 0],
    [undefined, -0, 0],
    ["0", -1, -1],
    ["-1", 1, 0],
    ["41", 1, 42],
    [String(MAX), -MAX, 0],
    ["9007199254740993", -2, MAX],
    ["-9007199254740993", 2, -MAX],
    ["9007199254740990", 1, MAX],
  ])("%s + %i is %i", (held, by, sum) => {
    expect(Object.is(add(held, by, "op"), sum)).toBe(true);
  });

  test.each([
    [String(MAX), 1],
    [String(-MAX), -1],
    ["9007199254740993", -1],
    ["9223372036854775807", 1],
    ["9223372036854775807", 0],
    ["-9223372036854775808", -1],
  ])("%s + %i is out of range", (held, by) => {
    expect(() => add(held, by, "op")).toThrow(expect.objectContaining({ code: "VALIDATION" }));
  });

  test.each([
    "",
    " ",
    "+1",
    "01",
    "-0",
    "1.0",
    "1e3",
    "0x1",
    " 1",
    "1\n",
    "١",
    "9223372036854775808",
    "-9223372036854775809",
  ])("%j is no integer to Redis either", (held) => {
    expect(() => add(held, 1, "op")).toThrow(expect.objectContaining({ code: "WRONG_TYPE" }));
  });
});
