import { describe, expect, it } from "vitest";
import { sha256, sha256OfWebCrypto } from "./sha256.ts";

describe("SHA-256", () => {
  // https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  it("is what the standard says", async () => {
    expect(await sha256("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  });

  it.each(["", "abc", "x".repeat(1_000), "\u00e9\u{1f600}", "\ud800"])(
    "is the same by Node and by Web Crypto for %j",
    async (text) => {
      expect(await sha256OfWebCrypto(text)).toBe(await sha256(text));
    },
  );
});
