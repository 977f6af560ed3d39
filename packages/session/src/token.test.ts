import { describe, expect, it } from "vitest";
import { createToken, parseToken, renewToken } from "./token.ts";

describe("tokens", () => {
  it("are 81 characters of base64url, and no two are alike in any part", () => {
    const tokens = Array.from({ length: 100_000 }, () => createToken());
    for (const part of ["text", "tag", "handle"] as const) {
      expect(new Set(tokens.map((token) => token[part])).size).toBe(tokens.length);
    }
    for (const { text } of tokens) expect(text).toMatch(/^[\w-]{81}$/);
    const counts = new Map<string, number>();
    for (const { text } of tokens)
      for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (tokens.length * 81) / 64;
    expect(counts.size).toBe(64);
    for (const count of counts.values()) expect(Math.abs(count / expected - 1)).toBeLessThan(0.03);
  });

  it("are read back, and another of the same session keeps its name", () => {
    const token = createToken("t".repeat(22));
    expect(parseToken(token.text)).toEqual(token);
    const renewed = renewToken(token);
    expect([renewed.tag, renewed.handle]).toEqual([token.tag, token.handle]);
    expect(renewed.text.slice(38)).not.toBe(token.text.slice(38));
  });

  it.each(["", "x", "x".repeat(80), "x".repeat(82), `${"x".repeat(80)}=`, `${"x".repeat(80)}\n`, `${"x".repeat(80)}é`])(
    "are not %j",
    (text) => {
      expect(parseToken(text)).toBe(undefined);
    },
  );
});
