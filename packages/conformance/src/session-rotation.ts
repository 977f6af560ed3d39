import type { SessionStore } from "@holdfast/core";
import {
  commit,
  committed,
  created,
  creationOf,
  increment,
  keysOf,
  listed,
  load,
  MINUTE_MS,
  newText,
  type Owned,
  openTwo,
  recordOf,
  rotated,
  set,
  statusOf,
  textsOf,
} from "./session-steps.ts";
import { type Section, SHORT_MS, type Suite } from "./suite.ts";

/** Tokens that are replaced. */
export const SESSION_ROTATION: Section = {
  name: "session rotation",
  cases: [
    [
      "a token that was replaced reads during its grace, and the new one has the session",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const owned = await created(one, keysOf(suite, "user", "a"), { fields: new Map([["f", "old"]]) });
        const { version, ...before } = await recordOf(one, owned);
        const rotation = { digest: newText(43), graceMs: MINUTE_MS };
        await committed(one, owned, [set("f", "new", version), increment("n")], { rotation });
        const renewed = { ...owned, digest: rotation.digest };
        for (const [token, superseded] of [
          [owned, true],
          [renewed, false],
        ] as const) {
          const result = await load(other, token);
          expect([result.kind, result.kind === "active" && result.superseded]).toEqual(["active", superseded]);
          const record = await recordOf(other, token);
          expect(textsOf(record)).toEqual([
            ["f", "new"],
            ["n", "1"],
          ]);
          expect([record.userId, record.createdAtMs]).toEqual([before.userId, before.createdAtMs]);
        }
        expect(await listed(other, owned.keys)).toEqual([owned.keys.session]);
        await committed(other, renewed, [increment("n")]);
      },
    ],
    [
      "a superseded token moves no end",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"));
        const rotation = { digest: newText(43), graceMs: MINUTE_MS };
        await committed(sessions, owned, [], { rotation, idleMs: MINUTE_MS });
        const before = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        const record = await recordOf(sessions, owned, { throttleMs: 0 });
        suite.expect(record.remainingMs <= MINUTE_MS).toBe(true);
        suite.expect(await sessions.list(owned.keys)).toEqual(before);
      },
    ],
    [
      "a token that is used after its grace ends the session, the new token's too",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        for (const [id, graceMs] of [
          ["a", SHORT_MS],
          ["b", 0],
        ] as const) {
          const owned = await created(one, keysOf(suite, "user", id));
          const renewed = await rotated(one, owned, graceMs);
          await suite.advance(graceMs);
          expect(await statusOf(one, renewed)).toBe("active");
          expect(await statusOf(other, owned)).toBe("revoked");
          expect(await statusOf(one, renewed)).toBe("revoked");
          expect(await commit(one, renewed, [set("f", "v")])).toEqual({ kind: "gone" });
          expect(await listed(one, owned.keys)).toEqual([]);
        }
      },
    ],
    [
      "a token whose successor was replaced too is unknown, and ends nothing",
      async (suite) => {
        const { sessions } = await suite.open();
        const first = await created(sessions, keysOf(suite, "user", "a"));
        const second = await rotated(sessions, first, 0);
        const third = await rotated(sessions, second);
        suite.expect(await statusOf(sessions, first)).toBe("unknown");
        suite.expect(await statusOf(sessions, second)).toBe("superseded");
        suite.expect(await statusOf(sessions, third)).toBe("active");
      },
    ],
    [
      "a refused commit replaces no token",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map([["f", "text"]]) });
        const rotation = { digest: newText(43), graceMs: 0 };
        for (const change of [set("f", "v"), increment("f")]) {
          await commit(sessions, owned, [change], { rotation });
          suite.expect(await statusOf(sessions, { ...owned, digest: rotation.digest })).toBe("unknown");
          suite.expect(await statusOf(sessions, owned)).toBe("active");
        }
      },
    ],
    ...elsewhere("a session is replaced by another one", async (suite, sessions, previous, next) => {
      const { expect } = suite;
      const outcome = await replace(sessions, previous, next);
      expect(outcome).toBe("replaced");
      const record = await recordOf(sessions, next);
      expect([record.userId, record.device, textsOf(record)]).toEqual(["a user", "a phone", [["f", "kept"]]]);
      expect(await load(sessions, previous, { throttleMs: 0 })).toEqual({ kind: "replaced" });
      expect(await commit(sessions, previous, [set("f", "late")])).toEqual({ kind: "gone" });
      expect(await sessions.remove(previous.keys)).toBe(false);
      expect(await listed(sessions, next.keys)).toEqual([next.keys.session]);
      expect(await sessions.create(creationOf(previous.keys))).toBe(false);
    }),
    ...elsewhere(
      "a repeated replacement is recognised, whatever became of its session",
      async (suite, sessions, previous, next) => {
        const { expect } = suite;
        const replacement = await replacementOf(sessions, previous, next);
        expect(await sessions.replace(replacement)).toBe("replaced");
        await committed(sessions, next, [increment("n")]);
        expect(await sessions.replace(replacement)).toBe("replaced");
        expect((await recordOf(sessions, next)).fields.get("n")?.text).toBe("1");
        await sessions.remove(next.keys);
        expect(await statusOf(sessions, next)).toBe("revoked");
      },
    ),
    ...elsewhere(
      "a session that was changed since it was loaded is not replaced",
      async (suite, sessions, previous, next) => {
        const { expect } = suite;
        const replacement = await replacementOf(sessions, previous, next);
        const version = await committed(sessions, previous, [set("late", "v")]);
        for (let time = 0; time < 2; time += 1) {
          expect(await sessions.replace(replacement)).toBe("conflict");
          expect(await statusOf(sessions, previous)).toBe("active");
          expect((await statusOf(sessions, next)) === "active").toBe(false);
        }
        expect((await recordOf(sessions, previous)).version).toBe(version);
        expect((await listed(sessions, next.keys)).includes(next.keys.session)).toBe(false);
      },
    ),
    ...elsewhere("a session that has ended is not replaced", async (suite, sessions, previous, next) => {
      const { expect } = suite;
      const replacement = await replacementOf(sessions, previous, next);
      await sessions.remove(previous.keys);
      expect(await sessions.replace(replacement)).toBe("gone");
      expect(await statusOf(sessions, previous)).toBe("revoked");
      expect((await statusOf(sessions, next)) === "active").toBe(false);
      expect(await listed(sessions, next.keys)).toEqual([]);
    }),
    ...elsewhere("a session is replaced once", async (suite, sessions, previous, next) => {
      const { expect } = suite;
      const replacement = await replacementOf(sessions, previous, next);
      expect(await sessions.replace(replacement)).toBe("replaced");
      const second = creationOf({ ...next.keys, session: `${next.keys.session} 2` });
      expect(await sessions.replace({ ...replacement, next: second })).toBe("gone");
      expect((await statusOf(sessions, second)) === "active").toBe(false);
      expect(await listed(sessions, next.keys)).toEqual([next.keys.session]);
    }),
    ...elsewhere("a token that was replaced replaces nothing", async (suite, sessions, previous, next) => {
      const { expect } = suite;
      const renewed = await rotated(sessions, previous);
      const replacement = await replacementOf(sessions, renewed, next);
      for (const digest of [previous.digest, newText(43)]) {
        const stolen = { ...replacement, previous: { ...replacement.previous, digest } };
        expect(await sessions.replace(stolen)).toBe("gone");
      }
      expect(await statusOf(sessions, renewed)).toBe("active");
      expect((await statusOf(sessions, next)) === "active").toBe(false);
    }),
    ...elsewhere(
      "a session does not take the place of one whose key is taken",
      async (suite, sessions, previous, next) => {
        const { expect } = suite;
        const other = await created(sessions, next.keys);
        const replacement = await replacementOf(sessions, previous, next);
        expect(await sessions.replace(replacement)).toBe("conflict");
        expect(await statusOf(sessions, previous)).toBe("active");
        expect(await statusOf(sessions, other)).toBe("active");
      },
    ),
  ],
};

type ReplaceCase = (suite: Suite, sessions: SessionStore, previous: Owned, next: Owned) => Promise<void>;

/** The same for a successor that belongs to the same user, and so to the same slot of a cluster, and for one that does not. */
function elsewhere(name: string, run: ReplaceCase): Section["cases"] {
  return ["same", "other"].map((user) => [
    `${name}${user === "same" ? "" : ", by another user's"}`,
    async (suite) => {
      const { sessions } = await suite.open();
      const userId = user === "same" ? "a user" : undefined;
      const previous = await created(sessions, keysOf(suite, "same", "previous"), { userId });
      await run(suite, sessions, previous, { keys: keysOf(suite, user, "next"), digest: newText(43) });
    },
  ]);
}

async function replacementOf(sessions: SessionStore, previous: Owned, next: Owned) {
  const { version } = await recordOf(sessions, previous);
  const creation = creationOf(next.keys, {
    digest: next.digest,
    device: "a phone",
    fields: new Map([["f", "kept"]]),
  });
  return { previous: { ...previous, version }, next: creation };
}

async function replace(sessions: SessionStore, previous: Owned, next: Owned): Promise<string> {
  return sessions.replace(await replacementOf(sessions, previous, next));
}
