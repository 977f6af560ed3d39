import type { SessionKeys, SessionStore } from "@holdfast/core";
import {
  commit,
  commitOf,
  committed,
  created,
  creationOf,
  increment,
  keysOf,
  newText,
  type Owned,
  openTwo,
  recordOf,
  rotated,
  set,
  statusOf,
  textsOf,
  unset,
} from "./session-steps.ts";
import type { Section, Suite } from "./suite.ts";

/** What a commit applies, and what it does not. */
export const SESSION_COMMITS: Section = {
  name: "session commits",
  cases: [
    [
      "changes take effect together, under a version that grows",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const fields = new Map(["kept", "changed", "removed"].map((field) => [field, "old"]));
        const owned = await created(one, keysOf(suite, "user", "a"), { fields });
        const first = (await recordOf(one, owned)).version;
        const changes = [set("changed", "new", first), unset("removed", first), set("added", ""), increment("n", 3)];
        const result = await commit(one, owned, changes);
        const record = await recordOf(other, owned);
        expect(result).toEqual({ kind: "committed", version: record.version, numbers: [3] });
        expect(record.version > first).toBe(true);
        expect(textsOf(record)).toEqual([
          ["added", ""],
          ["changed", "new"],
          ["kept", "old"],
          ["n", "3"],
        ]);
        const versions = ["kept", "changed", "added", "n"].map((field) => record.fields.get(field)?.version);
        expect(versions).toEqual([first, record.version, record.version, record.version]);
        expect((await committed(other, owned)) > record.version).toBe(true);
      },
    ],
    [
      "the last field may go, and come again",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map([["f", "1"]]) });
        await committed(sessions, owned, [unset("f", 1)]);
        suite.expect(textsOf(await recordOf(sessions, owned))).toEqual([]);
        await committed(sessions, owned, [set("f", "2")]);
        suite.expect(textsOf(await recordOf(sessions, owned))).toEqual([["f", "2"]]);
      },
    ],
    [
      "two writers that change different fields do not disturb each other",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const fields = new Map(["a", "b", "c"].map((field) => [field, "old"]));
        const owned = await created(one, keysOf(suite, "user", "a"), { fields });
        const seen = (await recordOf(one, owned)).version;
        await committed(one, owned, [set("a", "one", seen), set("d", "one")]);
        await committed(other, owned, [set("b", "other", seen), unset("c", seen), set("e", "other")]);
        suite.expect(textsOf(await recordOf(one, owned))).toEqual([
          ["a", "one"],
          ["b", "other"],
          ["d", "one"],
          ["e", "other"],
        ]);
      },
    ],
    [
      "a field that was changed, added or removed since it was loaded is a conflict, and nothing is applied",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const fields = new Map(["changed", "removed", "again", "kept"].map((field) => [field, "old"]));
        const owned = await created(one, keysOf(suite, "user", "a"), { fields });
        const seen = (await recordOf(one, owned)).version;
        await committed(one, owned, [
          set("changed", "one", seen),
          unset("removed", seen),
          set("added", "one"),
          unset("again", seen),
        ]);
        await committed(one, owned, [set("again", "old")]);
        const before = await recordOf(one, owned);
        for (const [field, seenThere, kind] of [
          ["changed", seen, "set"],
          ["changed", seen, "unset"],
          ["changed", undefined, "set"],
          ["removed", seen, "set"],
          ["added", undefined, "set"],
          ["added", undefined, "unset"],
          ["again", seen, "set"],
          ["again", seen, "unset"],
        ] as const) {
          const late = kind === "set" ? set(field, "late", seenThere) : unset(field, seenThere);
          const result = await commit(other, owned, [set("kept", "late", seen), late, increment("n")], {
            rotation: { digest: newText(43), graceMs: 0 },
          });
          expect([field, result]).toEqual([field, { kind: "conflict", fields: [field] }]);
        }
        expect(
          await commit(other, owned, [set("changed", "x", seen), set("kept", "x", seen), set("added", "x")]),
        ).toEqual({ kind: "conflict", fields: ["changed", "added"] });
        const after = await recordOf(one, owned);
        expect([after.version, textsOf(after)]).toEqual([before.version, textsOf(before)]);
        await committed(other, owned, [set("changed", "in time", before.fields.get("changed")?.version)]);
      },
    ],
    [
      "what is not there can be unset",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map([["f", "1"]]) });
        await committed(sessions, owned, [unset("f", 1)]);
        await committed(sessions, owned, [unset("f", 1), unset("never")]);
        suite.expect(textsOf(await recordOf(sessions, owned))).toEqual([]);
      },
    ],
    [
      "changes of one field are applied in order",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map([["n", "10"]]) });
        const changes = [
          increment("n"),
          increment("n", 5),
          set("m", "40"),
          increment("m", 2),
          set("x", "1"),
          unset("x"),
        ];
        const result = await commit(sessions, owned, changes);
        expect(result.kind === "committed" && result.numbers).toEqual([11, 16, 42]);
        const last = await commit(sessions, owned, [unset("n", 2), increment("n", 7)]);
        expect(last.kind === "committed" && last.numbers).toEqual([7]);
        expect(textsOf(await recordOf(sessions, owned))).toEqual([
          ["m", "42"],
          ["n", "7"],
        ]);
      },
    ],
    [
      "a repeated commit is applied once, also when others came between",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const owned = await created(one, keysOf(suite, "user", "a"), { fields: new Map([["f", "old"]]) });
        const seen = (await recordOf(one, owned)).version;
        const once = commitOf(owned, [set("f", "new", seen), increment("n", 5), increment("m", -1)]);
        const first = await one.commit(once);
        const version = first.kind === "committed" ? first.version : undefined;
        expect(first).toEqual({ kind: "committed", version, numbers: [5, -1] });
        expect(await one.commit(once)).toEqual(first);
        expect(await other.commit(once)).toEqual(first);
        for (let index = 0; index < 6; index += 1) await committed(other, owned, [increment("n")]);
        await committed(other, owned, [unset("f", version), set("m", "text", version)]);
        const between = await recordOf(one, owned);
        expect(await one.commit(once)).toEqual({ kind: "committed", version: between.version, numbers: [11, 0] });
        expect(textsOf(await recordOf(one, owned))).toEqual(textsOf(between));
      },
    ],
    [
      "a commit with the end of one id and the beginning of the next is another one",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"));
        for (const id of ["abcdEFGH", "ijklMNOP", "EFGHijkl"])
          await committed(sessions, owned, [increment("n")], { id });
        suite.expect(textsOf(await recordOf(sessions, owned))).toEqual([["n", "3"]]);
      },
    ],
    [
      "a repeated commit is recognised although it has replaced its own token",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"));
        const rotation = { digest: newText(43), graceMs: 60_000 };
        const once = commitOf(owned, [increment("n")], { rotation });
        const first = await sessions.commit(once);
        suite.expect(await sessions.commit(once)).toEqual(first);
        suite.expect(await statusOf(sessions, owned)).toBe("superseded");
        suite.expect(await statusOf(sessions, { ...owned, digest: rotation.digest })).toBe("active");
        suite.expect(textsOf(await recordOf(sessions, owned))).toEqual([["n", "1"]]);
      },
    ],
    [
      "a session that has ended takes no commit, not even a repeated one, and does not come back",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        for (const [index, end] of endings(suite).entries()) {
          const owned = await created(one, keysOf(suite, `user ${index}`, "a"));
          const before = commitOf(owned, [set("f", "v")]);
          await one.commit(before);
          await end(other, owned);
          for (const late of [before, commitOf(owned, [set("g", "v")]), commitOf(owned, [increment("n")])]) {
            suite.expect([index, await one.commit(late)]).toEqual([index, { kind: "gone" }]);
          }
          const { kind } = await one.load({ ...owned, idleMs: 1_000, throttleMs: 0 });
          suite.expect([index, kind === "active"]).toEqual([index, false]);
        }
      },
    ],
    [
      "a token that was replaced writes nothing",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"));
        const renewed = await rotated(sessions, owned);
        const before = await recordOf(sessions, renewed);
        const rotation = { digest: newText(43), graceMs: 60_000 };
        suite.expect(await commit(sessions, owned, [set("f", "v")], { rotation })).toEqual({ kind: "gone" });
        const after = await recordOf(sessions, renewed);
        suite.expect([after.version, textsOf(after)]).toEqual([before.version, []]);
      },
    ],
  ],
};

type End = (sessions: SessionStore, owned: Owned) => Promise<unknown>;

/** Everything that ends a session from outside. */
function endings(suite: Suite): End[] {
  return [
    (sessions, { keys }) => sessions.remove(keys),
    (sessions, { keys }) => sessions.revokeAll(keys, newText(16), undefined),
    replaceBy(() => keysOf(suite, newText(8), "next")),
    replaceBy(({ keys }) => ({ ...keys, session: `${keys.session} next` })),
  ];
}

function replaceBy(keysOfNext: (owned: Owned) => SessionKeys): End {
  return async (sessions, owned) => {
    const { version } = await recordOf(sessions, owned);
    return sessions.replace({ previous: { ...owned, version }, next: creationOf(keysOfNext(owned)) });
  };
}
