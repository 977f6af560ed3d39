import {
  commit,
  committed,
  created,
  creationOf,
  increment,
  keysOf,
  listed,
  newText,
  type Owned,
  openTwo,
  recordOf,
  rotated,
  set,
  statusOf,
} from "./session-steps.ts";
import { type Section, SHORT_MS } from "./suite.ts";

/** What the sessions of one user have in common. */
export const SESSION_USERS: Section = {
  name: "session users",
  cases: [
    [
      "a user's sessions are listed, the oldest first",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const owned: Owned[] = [];
        // Deadlines and keys are in other orders.
        for (const [id, absoluteMs] of [
          ["m", 3_000_000],
          ["z", 1_000_000],
          ["a", 2_000_000],
        ] as const) {
          owned.push(await created(one, keysOf(suite, "user", id), { device: `device ${id}`, absoluteMs }));
          await suite.advance(2);
        }
        await created(one, keysOf(suite, "user", "of nobody"), { userId: undefined });
        await created(one, keysOf(suite, "another", "a"));
        const { keys } = owned[0]!;
        const expected = await Promise.all(
          owned.map(async (each) => {
            const { device, createdAtMs, deadlineMs } = await recordOf(one, each);
            return { session: each.keys.session, device, createdAtMs, lastSeenAtMs: createdAtMs, deadlineMs };
          }),
        );
        expect(await other.list(keys)).toEqual(expected);
        await suite.advance(SHORT_MS);
        await committed(one, owned[1]!);
        const seen = (await other.list(keys)).map(({ session, lastSeenAtMs, createdAtMs }) => [
          session,
          lastSeenAtMs >= createdAtMs + SHORT_MS,
        ]);
        expect(seen).toEqual(owned.map((each, index) => [each.keys.session, index === 1]));
      },
    ],
    [
      "what has ended is not listed",
      async (suite) => {
        const { sessions } = await suite.open();
        const make = (id: string, idleMs = 3_600_000) => created(sessions, keysOf(suite, "user", id), { idleMs });
        const [kept, removed, replaced, reused] = [await make("a"), await make("b"), await make("c"), await make("d")];
        await make("e", SHORT_MS);
        await sessions.remove(removed.keys);
        const { version } = await recordOf(sessions, replaced);
        const next = creationOf(keysOf(suite, "user", "f"));
        await sessions.replace({ previous: { ...replaced, version }, next });
        await rotated(sessions, reused, 0);
        await statusOf(sessions, reused);
        await suite.advance(SHORT_MS);
        suite
          .expect(new Set(await listed(sessions, kept.keys)))
          .toEqual(new Set([kept.keys.session, next.keys.session]));
      },
    ],
    [
      "all of a user's sessions end, and nobody else's",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const ended = [
          await created(one, keysOf(suite, "user", "a")),
          await created(other, keysOf(suite, "user", "b")),
        ];
        const beside = await created(one, keysOf(suite, "user", "of nobody"), { userId: undefined });
        const another = await created(one, keysOf(suite, "another", "a"));
        const version = await committed(one, ended[0]!, [set("f", "v")]);
        await other.revokeAll(another.keys, newText(16), another.keys.session);
        await other.revokeAll(ended[0]!.keys, newText(16), undefined);
        for (const each of ended) {
          expect(await statusOf(one, each)).toBe("revoked");
          expect(await commit(one, each, [increment("n")])).toEqual({ kind: "gone" });
          const next = creationOf(keysOf(suite, "user", "next"));
          expect(await one.replace({ previous: { ...each, version }, next })).toBe("gone");
          expect(await statusOf(one, next)).toBe("unknown");
          expect(await one.remove(each.keys)).toBe(false);
        }
        expect(await one.list(ended[0]!.keys)).toEqual([]);
        expect(await statusOf(one, beside)).toBe("active");
        expect(await statusOf(one, another)).toBe("active");
        expect(await listed(one, another.keys)).toEqual([another.keys.session]);
      },
    ],
    [
      "one session may be spared, and is the user's as before",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const spared = await created(one, keysOf(suite, "user", "a"), { device: "a phone" });
        const ended = await created(one, keysOf(suite, "user", "b"));
        const before = await one.list(spared.keys);
        await one.revokeAll(spared.keys, newText(16), spared.keys.session);
        expect(await statusOf(other, spared)).toBe("active");
        expect(await statusOf(other, ended)).toBe("revoked");
        expect(await other.list(spared.keys)).toEqual(before.filter(({ session }) => session === spared.keys.session));
        await committed(other, spared, [increment("n")]);
        const later = await created(one, keysOf(suite, "user", "c"));
        expect((await listed(one, spared.keys)).length).toBe(2);
        await other.revokeAll(spared.keys, newText(16), later.keys.session);
        expect([await statusOf(one, spared), await statusOf(one, later)]).toEqual(["revoked", "active"]);
      },
    ],
    [
      "what has ended is not spared",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const removed = await created(sessions, keysOf(suite, "user", "a"));
        const revoked = await created(sessions, keysOf(suite, "user", "b"));
        await created(sessions, keysOf(suite, "user", "c"));
        await sessions.remove(removed.keys);
        await sessions.revokeAll(removed.keys, newText(16), removed.keys.session);
        expect(await statusOf(sessions, removed)).toBe("revoked");
        await sessions.revokeAll(removed.keys, newText(16), revoked.keys.session);
        expect(await statusOf(sessions, revoked)).toBe("revoked");
        await sessions.revokeAll(removed.keys, newText(16), keysOf(suite, "user", "never").session);
        expect(await sessions.list(removed.keys)).toEqual([]);
        expect(await statusOf(sessions, { ...removed, keys: keysOf(suite, "user", "never") })).toBe("unknown");
      },
    ],
    [
      "a session that has no user is not made the user's by being spared",
      async (suite) => {
        const { sessions } = await suite.open();
        const stranger = await created(sessions, keysOf(suite, "user", "a"), { userId: undefined });
        const ended = await created(sessions, keysOf(suite, "user", "b"));
        await sessions.revokeAll(ended.keys, newText(16), stranger.keys.session);
        suite.expect(await statusOf(sessions, stranger)).toBe("active");
        suite.expect(await sessions.list(ended.keys)).toEqual([]);
        suite.expect(await statusOf(sessions, ended)).toBe("revoked");
      },
    ],
    [
      "sessions that begin afterwards are alive, also if it is repeated",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const spared = await created(sessions, keysOf(suite, "user", "a"));
        const ended = await created(sessions, keysOf(suite, "user", "b"));
        const epoch = newText(16);
        await sessions.revokeAll(spared.keys, epoch, spared.keys.session);
        const later = await created(sessions, keysOf(suite, "user", "c"));
        await sessions.revokeAll(spared.keys, epoch, spared.keys.session);
        expect([
          await statusOf(sessions, spared),
          await statusOf(sessions, ended),
          await statusOf(sessions, later),
        ]).toEqual(["active", "revoked", "active"]);
        expect(new Set(await listed(sessions, spared.keys))).toEqual(
          new Set([spared.keys.session, later.keys.session]),
        );
      },
    ],
    [
      "a user without sessions has none to end",
      async (suite) => {
        const { sessions } = await suite.open();
        const keys = keysOf(suite, "user", "a");
        await sessions.revokeAll(keys, newText(16), undefined);
        const owned = await created(sessions, keys);
        suite.expect(await statusOf(sessions, owned)).toBe("active");
      },
    ],
  ],
};
