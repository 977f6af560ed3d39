import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { createEmitter } from "./events.ts";

describe("createEmitter", () => {
  it("is nothing without a listener", () => {
    expect(createEmitter(undefined)).toBeUndefined();
  });

  it("passes each event on, before it returns", () => {
    const seen: number[] = [];
    const emit = createEmitter<number>((event) => seen.push(event));
    emit?.(1);
    emit?.(2);
    expect(seen).toEqual([1, 2]);
  });

  it("shields its caller from a listener that throws", () => {
    let calls = 0;
    const emit = createEmitter(() => {
      calls += 1;
      throw new Error("broken");
    });
    emit?.("event");
    emit?.("event");
    expect(calls).toBe(2);
  });

  it("shields the process from a listener that rejects", async () => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown): number => unhandled.push(reason);
    process.on("unhandledRejection", record);
    // oxlint-disable-next-line typescript/no-misused-promises -- what careless callers do
    createEmitter(async () => Promise.reject(new Error("broken")))?.("event");
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", record);
    expect(unhandled).toEqual([]);
  });
});

describe("systemClock", () => {
  it("tells the system's time in milliseconds", () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});
