import { describe, expect, it } from "vitest";
import { InvalidationLog } from "./invalidation-log.ts";

describe("the invalidation log", () => {
  it("voids what was read before, and not what is read afterwards", () => {
    const log = new InvalidationLog();
    const early = log.now;
    log.voidKey("a");
    log.voidTag("t");
    const late = log.now;
    log.voidKey("other");
    expect([log.isVoid("a", [], early), log.isVoid("a", [], late)]).toEqual([true, false]);
    expect([log.isVoid("b", ["t"], early), log.isVoid("b", ["t"], late)]).toEqual([true, false]);
    expect([log.isVoid("b", ["u"], early), log.isVoid("b", [], late)]).toEqual([false, false]);
    log.voidAll();
    expect(log.isVoid("b", [], late)).toBe(true);
  });

  it("forgets old names in favour of new ones, and then trusts nothing that is older than what it knows", () => {
    const log = new InvalidationLog();
    const early = log.now;
    log.voidKey("first");
    for (let index = 0; index < 60_000; index += 1) log.voidKey(`key ${index}`);
    const late = log.now;
    expect(log.isVoid("untouched", [], early)).toBe(true);
    log.voidKey("last");
    expect([log.isVoid("untouched", [], late), log.isVoid("last", [], late)]).toEqual([false, true]);
  });
});
