import { commit, committed, created, increment, keysOf, newText, openTwo, recordOf, set } from "./session-steps.ts";
import type { Section } from "./suite.ts";
import { NOT_INTEGERS } from "./texts.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** Counting in a session. */
export const SESSION_NUMBERS: Section = {
  name: "session numbers",
  cases: [
    [
      "an increment never conflicts, and what it changes does",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const owned = await created(one, keysOf(suite, "user", "a"), { fields: new Map([["n", "1"]]) });
        const seen = (await recordOf(one, owned)).version;
        await committed(one, owned, [set("n", "100", seen)]);
        const result = await commit(other, owned, [increment("n")]);
        suite.expect(result.kind === "committed" && result.numbers).toEqual([101]);
        const late = await commit(one, owned, [set("n", "0", seen + 1)]);
        suite.expect(late).toEqual({ kind: "conflict", fields: ["n"] });
      },
    ],
    [
      "increments are exact up to the limits, and refused beyond",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        for (const [held, by, sum] of [
          [undefined, MAX, MAX],
          [undefined, -MAX, -MAX],
          ["0", -1, -1],
          ["-1", 1, 0],
          [String(MAX), -MAX, 0],
          [String(-MAX), MAX, 0],
          [String(MAX - 1), 1, MAX],
          [String(MAX), 0, MAX],
          [String(-MAX), -1, undefined],
          [String(MAX), 1, undefined],
          [String(MAX), MAX, undefined],
          [String(-MAX), -MAX, undefined],
          ["9007199254740992", 0, undefined],
          ["9007199254740993", 0, undefined],
          ["-9007199254740993", 1, undefined],
          ["9".repeat(400), 1, undefined],
        ] as const) {
          const fields = new Map(held === undefined ? [] : [["n", held]]);
          const owned = await created(sessions, keysOf(suite, "user", newText(8)), { fields });
          const result = await commit(sessions, owned, [increment("n", by)]);
          const expected =
            sum === undefined
              ? { kind: "notANumber", fields: ["n"] }
              : { kind: "committed", version: 2, numbers: [sum] };
          expect([held, by, { ...result, ...(result.kind === "committed" ? { version: 2 } : {}) }]).toEqual([
            held,
            by,
            expected,
          ]);
          const text = (await recordOf(sessions, owned)).fields.get("n")?.text;
          expect(text).toBe(sum === undefined ? held : String(sum));
        }
      },
    ],
    [
      "a field that holds no whole number is not incremented, and nothing else is applied",
      async (suite) => {
        const { sessions } = await suite.open();
        const fields = new Map(NOT_INTEGERS.map((text, index) => [`f${index}`, text]));
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields });
        for (const field of fields.keys()) {
          const changes = [increment("good"), increment(field), set("new", "v")];
          const result = await commit(sessions, owned, changes, { rotation: { digest: newText(43), graceMs: 0 } });
          suite.expect(result).toEqual({ kind: "notANumber", fields: [field] });
        }
        const all = await commit(
          sessions,
          owned,
          [...fields.keys()].map((field) => increment(field)),
        );
        suite.expect(all).toEqual({ kind: "notANumber", fields: [...fields.keys()] });
        const record = await recordOf(sessions, owned);
        suite.expect(record.fields.size).toBe(fields.size);
        suite.expect(NOT_INTEGERS.map((_, index) => record.fields.get(`f${index}`)?.text)).toEqual([...NOT_INTEGERS]);
      },
    ],
  ],
};
