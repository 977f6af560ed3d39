import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

describe("the README", () => {
  it("has one row for each exported name, and none for others", () => {
    const index = read("../src/index.ts").replaceAll(/\btype\b/g, "");
    const exported = [...index.matchAll(/export\s*\{([^}]*)\}/g)].flatMap(([, names]) => names?.match(/\w+/g) ?? []);
    const listed = [...read("../README.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(exported.toSorted());
    expect(exported.length).toBeGreaterThan(40);
  });
});
