import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { describeBackend, type Harness, listTests } from "@holdfast/conformance";
import type { Backend } from "@holdfast/core";
import { describe, expect, test } from "vitest";
import { BUS_AND_CALL_DEFECTS } from "./broken/bus-and-call-defects.ts";
import { CACHE_DEFECTS } from "./broken/cache-defects.ts";
import { KV_OTHER_DEFECTS } from "./broken/kv-other-defects.ts";
import { KV_TEXT_DEFECTS } from "./broken/kv-text-defects.ts";
import { RecordingRunner } from "./broken/recording-runner.ts";
import { SESSION_DEFECTS } from "./broken/session-defects.ts";
import { SESSION_TOKEN_DEFECTS } from "./broken/session-token-defects.ts";

const DEFECTS = [
  ...KV_TEXT_DEFECTS,
  ...KV_OTHER_DEFECTS,
  ...CACHE_DEFECTS,
  ...SESSION_DEFECTS,
  ...SESSION_TOKEN_DEFECTS,
  ...BUS_AND_CALL_DEFECTS,
];

/** The suite over a memory backend whose clock is moved, so that nothing waits. */
function record(
  change: (backend: Backend) => Backend = (backend) => backend,
  skip: Harness["skip"] = [],
): RecordingRunner {
  let nowMs = Date.now();
  const storage = new MemoryStorage({ clock: { now: () => nowMs } });
  const runner = new RecordingRunner();
  const harness: Harness = {
    open: async () => change(memoryBackend({ storage })),
    advance: async (ms) => {
      nowMs += ms;
    },
    skip,
  };
  describeBackend("under test", harness, runner);
  return runner;
}

describe("the suite notices", () => {
  test.concurrent.for(DEFECTS.map((defect) => [`${defect.section}: ${defect.name}`, defect] as const))(
    "%s",
    async ([, { section, breakIt }]) => {
      expect(await record(breakIt).firstFailure(section)).toBeTypeOf("string");
    },
  );
});

test("a sound backend passes, in a runner that is not Vitest", async () => {
  const runner = record();
  const sections = new Set(runner.tests.map(({ section }) => section));
  for (const section of sections) expect([section, await runner.firstFailure(section)]).toEqual([section, undefined]);
  expect(runner.tests.map(({ section, title }) => `${section}: ${title}`)).toEqual([...listTests()]);
  expect(runner.skipped).toEqual([]);
});

describe("skips", () => {
  test("of a test or a section are declared with their reason", () => {
    const [first = ""] = listTests();
    const all = record().tests.length;
    const runner = record(undefined, [
      { test: first, reason: "cannot" },
      { test: "bus", reason: "has none" },
    ]);
    const buses = listTests().filter((name) => name.startsWith("bus: "));
    expect(runner.skipped).toHaveLength(1 + buses.length);
    expect(runner.skipped[0]).toBe(`${first.split(": ")[1]} [skipped: cannot]`);
    expect(runner.tests).toHaveLength(all - 1 - buses.length);
  });

  test("that skip nothing, or say nothing, are errors", () => {
    expect(() => record(undefined, [{ test: "bus: no such test", reason: "cannot" }])).toThrow(RangeError);
    expect(() => record(undefined, [{ test: "bus", reason: " " }])).toThrow("needs a reason");
  });

  test("without a runner's skip are still printed", () => {
    const printed: string[] = [];
    const { warn } = console;
    console.warn = (line: string) => printed.push(line);
    const { describe: group, expect: check } = new RecordingRunner();
    const harness: Harness = { open: async () => memoryBackend(), skip: [{ test: "bus", reason: "has none" }] };
    describeBackend("bare", harness, { describe: group, expect: check, it: () => {} });
    console.warn = warn;
    expect(printed.length).toBeGreaterThan(5);
    expect(printed.every((line) => line.endsWith("[skipped: has none]"))).toBe(true);
  });
});
