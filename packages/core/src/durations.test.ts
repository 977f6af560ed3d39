import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Duration, parseDuration, parseTtl, type Ttl } from "./durations.ts";

const YEARS_100_MS = 100 * 365 * 86_400_000;

describe("parseDuration", () => {
  it.each<[Duration, number]>([
    [1, 1],
    [250, 250],
    ["250ms", 250],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
    ["2w", 1_209_600_000],
    [YEARS_100_MS, YEARS_100_MS],
    ["36500d", YEARS_100_MS],
  ])("reads %s as %d ms", (duration, ms) => {
    expect(parseDuration(duration)).toBe(ms);
  });

  const wrong: unknown[] = [
    0,
    -0,
    -1,
    0.5,
    1.000001,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    YEARS_100_MS + 1,
    1e300,
    "0s",
    "-1s",
    "1.5h",
    "1e3s",
    "007s",
    "01h",
    "0x10s",
    "+1s",
    " 1s",
    "1s ",
    "1 s",
    "1s\n",
    "1",
    "s",
    "",
    "1y",
    "1S",
    "1sec",
    "1h30m",
    "١s",
    "36501d",
    "99999999999999999999ms",
    `${"9".repeat(1_000_000)}s`,
    "NaNs",
    "Infinitys",
    "forever",
    null,
    undefined,
    true,
    5n,
    {},
    [],
    ["1s"],
    new Date(5),
    Symbol("x"),
    () => 1,
  ];

  it.each(wrong.map((duration) => [typeof duration === "string" ? duration.slice(0, 30) : typeof duration, duration]))(
    "refuses %s",
    (_, duration) => {
      expect(() => parseDuration(duration as Duration, "timeout")).toThrow(RangeError);
      expect(() => parseDuration(duration as Duration, "timeout")).toThrow(/^timeout must be/);
    },
  );

  it("echoes the offending value, short", () => {
    expect(() => parseDuration("5 minutes" as Duration)).toThrow('got "5 minutes".');
    expect(() => parseDuration(-5)).toThrow("got -5.");
    expect(() => parseDuration(null as never)).toThrow("got null.");
    const failure = catchError(() => parseDuration(`${"9".repeat(1_000_000)}s` as Duration));
    expect(failure.message.length).toBeLessThan(300);
  });

  it("either throws a RangeError or returns whole positive milliseconds", () => {
    const unit = fc.constantFrom("ms", "s", "m", "h", "d", "w", "x", "");
    const text = fc
      .tuple(fc.oneof(fc.nat().map(String), fc.double().map(String), fc.string()), unit)
      .map((part) => part.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.double(), fc.integer()), (duration) => {
        let ms: number;
        try {
          ms = parseDuration(duration as Duration);
        } catch (error) {
          return error instanceof RangeError;
        }
        return Number.isSafeInteger(ms) && ms > 0 && ms <= YEARS_100_MS;
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("parseTtl", () => {
  it("reads durations and forever", () => {
    expect(parseTtl("forever")).toBe("forever");
    expect(parseTtl("1m")).toBe(60_000);
  });

  it("requires one, and says how to keep without an end", () => {
    expect(() => parseTtl(undefined as unknown as Ttl)).toThrow(/required.*"forever"/);
    expect(() => parseTtl(null as unknown as Ttl)).toThrow(RangeError);
    expect(() => parseTtl("Forever" as Ttl)).toThrow(RangeError);
  });
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing was thrown.");
}
