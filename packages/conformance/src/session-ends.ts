import {
  commit,
  committed,
  created,
  keysOf,
  listed,
  load,
  MINUTE_MS,
  newText,
  openTwo,
  recordOf,
  rotated,
  set,
  statusOf,
} from "./session-steps.ts";
import { LONG_MS, type Section, SHORT_MS } from "./suite.ts";

/** When sessions end by themselves, and what moves their ends. */
export const SESSION_ENDS: Section = {
  name: "session ends",
  cases: [
    [
      "a session ends when it was idle for its time",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { idleMs: SHORT_MS });
        const without = await created(sessions, keysOf(suite, "none", "a"), { idleMs: SHORT_MS, userId: undefined });
        await suite.advance(SHORT_MS);
        expect(await load(sessions, owned, { throttleMs: 0 })).toEqual({ kind: "expired" });
        expect(await load(sessions, without, { throttleMs: 0 })).toEqual({ kind: "unknown" });
        for (const each of [owned, without]) {
          expect(await commit(sessions, each, [set("f", "v")])).toEqual({ kind: "gone" });
          expect(await sessions.remove(each.keys)).toBe(false);
        }
        expect(await listed(sessions, owned.keys)).toEqual([]);
        await sessions.revokeAll(owned.keys, newText(16), owned.keys.session);
        expect((await load(sessions, owned)).kind === "active").toBe(false);
        expect(await listed(sessions, owned.keys)).toEqual([]);
      },
    ],
    [
      "a session ends at its deadline, however much it is used",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const absoluteMs = 10 * SHORT_MS;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { absoluteMs });
        const gain = await load(sessions, owned, { throttleMs: 0 });
        expect(gain.kind !== "active" || gain.record.remainingMs <= absoluteMs).toBe(true);
        const used = await commit(sessions, owned, [set("f", "v")]);
        const after = await load(sessions, owned, { throttleMs: 0 });
        expect(used.kind === "gone" || after.kind !== "active" || after.record.remainingMs <= absoluteMs).toBe(true);
        await suite.advance(absoluteMs);
        expect((await load(sessions, owned, { throttleMs: 0 })).kind === "active").toBe(false);
        expect(await commit(sessions, owned)).toEqual({ kind: "gone" });
        expect(await sessions.remove(owned.keys)).toBe(false);
        expect(await listed(sessions, owned.keys)).toEqual([]);
      },
    ],
    [
      "a load moves the end if that gains more than its throttle",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { idleMs: 10 * MINUTE_MS });
        const remaining = async (idleMs: number, throttleMs: number | undefined) =>
          (await recordOf(sessions, owned, { idleMs, throttleMs })).remainingMs;
        const [before] = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        expect((await remaining(30 * MINUTE_MS, undefined)) <= 10 * MINUTE_MS).toBe(true);
        expect((await remaining(30 * MINUTE_MS, 25 * MINUTE_MS)) <= 10 * MINUTE_MS).toBe(true);
        expect((await remaining(MINUTE_MS, 0)) > MINUTE_MS).toBe(true);
        expect(await sessions.list(owned.keys)).toEqual([before]);
        const moved = await remaining(30 * MINUTE_MS, 15 * MINUTE_MS);
        expect(moved > 29 * MINUTE_MS && moved <= 30 * MINUTE_MS).toBe(true);
        expect((await remaining(MINUTE_MS, undefined)) > 29 * MINUTE_MS).toBe(true);
        const [after] = await sessions.list(owned.keys);
        expect((after?.lastSeenAtMs ?? 0) - (before?.lastSeenAtMs ?? 0) >= SHORT_MS).toBe(true);
        expect({ ...after, lastSeenAtMs: before?.lastSeenAtMs }).toEqual(before);
      },
    ],
    [
      "of loads at one time, one moves the end",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const owned = await created(one, keysOf(suite, "user", "a"), { idleMs: MINUTE_MS });
        // Each would gain a lot over the first end, and little over each other's.
        const records = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            recordOf(index % 2 ? one : other, owned, {
              idleMs: 40 * MINUTE_MS + index * MINUTE_MS,
              throttleMs: 30 * MINUTE_MS,
            }),
          ),
        );
        const remaining = records.map(({ remainingMs }) => remainingMs);
        suite.expect(Math.min(...remaining) > 39 * MINUTE_MS).toBe(true);
        suite.expect(Math.max(...remaining) - Math.min(...remaining) < MINUTE_MS / 2).toBe(true);
      },
    ],
    [
      "a commit moves the end, earlier too",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { idleMs: MINUTE_MS });
        const [before] = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        await committed(sessions, owned, [], { idleMs: 10 * MINUTE_MS });
        const { remainingMs } = await recordOf(sessions, owned);
        expect(remainingMs > 9 * MINUTE_MS && remainingMs <= 10 * MINUTE_MS).toBe(true);
        const [after] = await sessions.list(owned.keys);
        expect((after?.lastSeenAtMs ?? 0) - (before?.lastSeenAtMs ?? 0) >= SHORT_MS).toBe(true);
        await committed(sessions, owned, [], { idleMs: SHORT_MS });
        await suite.advance(SHORT_MS);
        expect(await statusOf(sessions, owned)).toBe("expired");
      },
    ],
    [
      "a commit that is not told to leaves the end where it is",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), { idleMs: MINUTE_MS });
        const before = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        await committed(sessions, owned, [set("f", "v")], { idleMs: undefined });
        suite.expect((await recordOf(sessions, owned)).remainingMs <= MINUTE_MS).toBe(true);
        suite.expect(await sessions.list(owned.keys)).toEqual(before);
      },
    ],
    [
      "a refused commit moves nothing",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), {
          fields: new Map([["f", "text"]]),
          idleMs: MINUTE_MS,
        });
        const before = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        suite.expect((await commit(sessions, owned, [set("f", "v")])).kind).toBe("conflict");
        suite
          .expect((await commit(sessions, owned, [{ kind: "increment", field: "f", by: 1 }])).kind)
          .toBe("notANumber");
        suite.expect((await recordOf(sessions, owned)).remainingMs <= MINUTE_MS).toBe(true);
        suite.expect(await sessions.list(owned.keys)).toEqual(before);
      },
    ],
    [
      "how a session was ended is forgotten at its deadline",
      async (suite) => {
        const { sessions } = await suite.open();
        await created(sessions, keysOf(suite, "user", "another"));
        const owned = await created(sessions, keysOf(suite, "user", "a"), { absoluteMs: SHORT_MS });
        // On a machine that is slow, it has ended by itself.
        const expected = (await sessions.remove(owned.keys)) ? "unknown" : "expired";
        await suite.advance(SHORT_MS);
        suite.expect(await statusOf(sessions, owned)).toBe(expected);
      },
    ],
    [
      "how a session was ended is remembered beyond a short idle time",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"));
        await committed(sessions, owned, [], { idleMs: 5 * SHORT_MS });
        // On a machine that is slow, it has ended by itself.
        const expected = (await sessions.remove(owned.keys)) ? "revoked" : "expired";
        await suite.advance(5 * SHORT_MS);
        suite.expect(await statusOf(sessions, owned)).toBe(expected);
      },
    ],
    [
      "a user's later sessions live on when the first has reached its deadline, and the first when a later has",
      async (suite) => {
        const { sessions } = await suite.open();
        const short = { absoluteMs: SHORT_MS };
        for (const [user, first, second] of [
          ["one", short, {}],
          ["other", {}, short],
        ] as const) {
          const both = [
            await created(sessions, keysOf(suite, user, "first"), first),
            await created(sessions, keysOf(suite, user, "second"), second),
          ];
          const survivor = both[first === short ? 1 : 0]!;
          // Long enough that a key which ended with the short session is gone.
          await suite.advance(SHORT_MS + 1_000);
          suite.expect(await statusOf(sessions, survivor)).toBe("active");
          suite.expect(await listed(sessions, survivor.keys)).toEqual([survivor.keys.session]);
        }
      },
    ],
    [
      "a session that was spared by revokeAll keeps its deadline, and its user's other data live as long",
      async (suite) => {
        const { sessions } = await suite.open();
        const keys = keysOf(suite, "user", "a");
        await created(sessions, keysOf(suite, "user", "short"), { absoluteMs: 10 * SHORT_MS });
        const owned = await created(sessions, keys);
        const { deadlineMs } = await recordOf(sessions, owned);
        await sessions.revokeAll(keys, newText(16), keys.session);
        await suite.advance(10 * SHORT_MS + 1_000);
        const renewed = await rotated(sessions, owned);
        suite.expect((await recordOf(sessions, renewed)).deadlineMs).toBe(deadlineMs);
        suite.expect(await listed(sessions, keys)).toEqual([keys.session]);
        suite.expect(deadlineMs - (await recordOf(sessions, renewed)).createdAtMs).toBe(LONG_MS);
      },
    ],
  ],
};
