import {
  commit,
  committed,
  created,
  creationOf,
  keysOf,
  listed,
  load,
  MINUTE_MS,
  newText,
  openTwo,
  recordOf,
  set,
  statusOf,
  textsOf,
} from "./session-steps.ts";
import { LONG_MS, type Section, SHORT_MS } from "./suite.ts";
import { AWKWARD_FIELDS, AWKWARD_TEXTS } from "./texts.ts";

const HUNDRED_KILOBYTES = "0123456789".repeat(10_000);

/** How sessions come into being, and what is read of them. */
export const SESSION_RECORDS: Section = {
  name: "session records",
  cases: [
    [
      "where no session is, there is none to load, change, replace, end or list, and none comes into being",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const nobody = { keys: keysOf(suite, "user", "a"), digest: newText(43) };
        const next = creationOf(keysOf(suite, "user", "b"));
        expect(await load(sessions, nobody)).toEqual({ kind: "unknown" });
        expect(await commit(sessions, nobody, [set("f", "v")])).toEqual({ kind: "gone" });
        expect(await sessions.replace({ previous: { ...nobody, version: 1 }, next })).toBe("gone");
        expect(await sessions.remove(nobody.keys)).toBe(false);
        expect(await sessions.list(nobody.keys)).toEqual([]);
        await sessions.revokeAll(nobody.keys, newText(16), nobody.keys.session);
        expect(await load(sessions, nobody, { throttleMs: 0 })).toEqual({ kind: "unknown" });
        expect((await load(sessions, next)).kind === "active").toBe(false);
        expect(await sessions.list(nobody.keys)).toEqual([]);
      },
    ],
    [
      "a session is read by every handle as it was created",
      async (suite) => {
        const [one, other, { cache }] = await openTwo(suite);
        const { expect } = suite;
        const before = await cache.now();
        const creation = creationOf(keysOf(suite, "user", "a"), {
          userId: "user 1",
          device: "a phone",
          fields: new Map([["name", '"Ada"']]),
          idleMs: MINUTE_MS,
          absoluteMs: LONG_MS,
        });
        expect(await one.create(creation)).toBe(true);
        const after = await cache.now();
        const result = await load(other, creation);
        expect([result.kind, result.kind === "active" && result.superseded]).toEqual(["active", false]);
        const record = await recordOf(other, creation);
        expect([record.userId, record.device, textsOf(record)]).toEqual(["user 1", "a phone", [["name", '"Ada"']]]);
        expect(record.fields.get("name")?.version).toBe(record.version);
        expect(before <= record.createdAtMs && record.createdAtMs <= after).toBe(true);
        expect(record.deadlineMs - record.createdAtMs).toBe(LONG_MS);
        expect(record.remainingMs > 0 && record.remainingMs <= MINUTE_MS).toBe(true);
      },
    ],
    [
      "user and device may be missing, and a name may be empty",
      async (suite) => {
        const { sessions } = await suite.open();
        const neither = await created(sessions, keysOf(suite, "user", "a"), { userId: undefined });
        const { userId, device, fields } = await recordOf(sessions, neither);
        suite.expect([userId, device, fields.size]).toEqual([undefined, undefined, 0]);
        const nameless = await created(sessions, keysOf(suite, "user", "b"), { device: "" });
        suite.expect((await recordOf(sessions, nameless)).device).toBe("");
      },
    ],
    [
      "every name and every text comes back as it went in, created or committed",
      async (suite) => {
        const { sessions } = await suite.open();
        const texts = [...AWKWARD_TEXTS, HUNDRED_KILOBYTES];
        const pairs = texts.map((text, index) => [AWKWARD_FIELDS[index] ?? `field ${index}`, text] as const);
        const expected = pairs.toSorted(([one], [other]) => (one < other ? -1 : 1));
        const full = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map(pairs) });
        suite.expect(textsOf(await recordOf(sessions, full))).toEqual(expected);
        const empty = await created(sessions, keysOf(suite, "user", "b"));
        await committed(
          sessions,
          empty,
          pairs.map(([field, text]) => set(field, text)),
        );
        suite.expect(textsOf(await recordOf(sessions, empty))).toEqual(expected);
        for (const text of AWKWARD_TEXTS) {
          const named = await created(sessions, keysOf(suite, "user", newText(8)), { userId: text, device: text });
          const { userId, device } = await recordOf(sessions, named);
          suite.expect([userId, device]).toEqual([text, text]);
        }
      },
    ],
    [
      "names that differ in one character are different fields",
      async (suite) => {
        const { sessions } = await suite.open();
        const pairs = ["a", "A", "a ", ":a", "a:", "é", "e\u0301", "v", "k", "z", ":"].map(
          (field, index) => [field, String(index)] as const,
        );
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map(pairs) });
        suite
          .expect(textsOf(await recordOf(sessions, owned)))
          .toEqual(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)));
      },
    ],
    [
      "a session may have thousands of fields",
      async (suite) => {
        const { sessions } = await suite.open();
        const names = Array.from({ length: 3_000 }, (_, index) => `f${index}`);
        const owned = await created(sessions, keysOf(suite, "user", "a"), {
          fields: new Map(names.map((name) => [name, "1"])),
        });
        await committed(
          sessions,
          owned,
          names.map((name) => set(`${name}+`, "2")),
        );
        const { fields } = await recordOf(sessions, owned);
        suite.expect([fields.size, fields.get("f2999")?.text, fields.get("f2999+")?.text]).toEqual([6_000, "1", "2"]);
      },
    ],
    [
      "what was loaded stays as it was",
      async (suite) => {
        const { sessions } = await suite.open();
        const owned = await created(sessions, keysOf(suite, "user", "a"), { fields: new Map([["f", "old"]]) });
        const record = await recordOf(sessions, owned);
        await committed(sessions, owned, [set("f", "new", record.version), set("g", "new")]);
        suite.expect(textsOf(record)).toEqual([["f", "old"]]);
      },
    ],
    [
      "another token is unknown, and changes nothing",
      async (suite) => {
        const { sessions } = await suite.open();
        const { expect } = suite;
        const owned = await created(sessions, keysOf(suite, "user", "a"), { idleMs: MINUTE_MS });
        const stranger = { keys: owned.keys, digest: newText(43) };
        const before = await sessions.list(owned.keys);
        await suite.advance(SHORT_MS);
        expect(await load(sessions, stranger, { throttleMs: 0 })).toEqual({ kind: "unknown" });
        expect(await load(sessions, { ...stranger, digest: "" }, { throttleMs: 0 })).toEqual({ kind: "unknown" });
        expect(await commit(sessions, stranger, [set("f", "v")])).toEqual({ kind: "gone" });
        expect((await recordOf(sessions, owned)).remainingMs <= MINUTE_MS).toBe(true);
        expect(await sessions.list(owned.keys)).toEqual(before);
        await sessions.revokeAll(owned.keys, newText(16), undefined);
        expect(await load(sessions, stranger)).toEqual({ kind: "unknown" });
      },
    ],
    [
      "a key that is taken is not given again, neither while its session lives nor after it was ended",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        const owned = await created(one, keysOf(suite, "user", "a"), { fields: new Map([["f", "first"]]) });
        const second = creationOf(owned.keys, { fields: new Map([["f", "second"]]) });
        expect(await other.create(second)).toBe(false);
        expect(await statusOf(other, second)).toBe("unknown");
        expect(textsOf(await recordOf(one, owned))).toEqual([["f", "first"]]);
        await one.remove(owned.keys);
        expect(await other.create(second)).toBe(false);
        expect(await statusOf(one, second)).toBe("revoked");
        expect(await listed(one, owned.keys)).toEqual([]);
      },
    ],
    [
      "a repeated creation says yes again, and changes nothing",
      async (suite) => {
        const { sessions } = await suite.open();
        const creation = creationOf(keysOf(suite, "user", "a"), { fields: new Map([["f", "old"]]) });
        suite.expect(await sessions.create(creation)).toBe(true);
        suite.expect(await sessions.create(creation)).toBe(true);
        const version = await committed(sessions, creation, [set("f", "new", 1)]);
        const before = await sessions.list(creation.keys);
        await suite.advance(SHORT_MS);
        suite.expect(await sessions.create(creation)).toBe(true);
        const record = await recordOf(sessions, creation);
        suite.expect([record.version, textsOf(record)]).toEqual([version, [["f", "new"]]]);
        suite.expect(await sessions.list(creation.keys)).toEqual(before);
      },
    ],
    [
      "sessions are apart, those of one user too",
      async (suite) => {
        const { sessions } = await suite.open();
        const ids = ["a", "b", "a b", "a:b", "%7B"];
        const owned = await Promise.all(
          ids.map((id) => created(sessions, keysOf(suite, "user", id), { fields: new Map([["id", id]]) })),
        );
        await sessions.remove(owned[1]!.keys);
        const found = await Promise.all(owned.map((each) => load(sessions, each)));
        suite
          .expect(found.map((each) => (each.kind === "active" ? each.record.fields.get("id")?.text : each.kind)))
          .toEqual(["a", "revoked", "a b", "a:b", "%7B"]);
        suite.expect(await statusOf(sessions, { keys: owned[0]!.keys, digest: owned[2]!.digest })).toBe("unknown");
      },
    ],
    [
      "a session that is removed is revoked for every token, once and for good",
      async (suite) => {
        const [one, other] = await openTwo(suite);
        const { expect } = suite;
        for (const userId of ["user", undefined]) {
          const owned = await created(one, keysOf(suite, "user", `of ${userId}`), { userId });
          expect(await one.remove(owned.keys)).toBe(true);
          expect(await load(other, owned, { throttleMs: 0 })).toEqual({ kind: "revoked" });
          expect(await commit(other, owned, [set("f", "v")])).toEqual({ kind: "gone" });
          expect(await other.remove(owned.keys)).toBe(false);
          expect(await load(one, { ...owned, digest: newText(43) })).toEqual({ kind: "revoked" });
          expect(await listed(one, owned.keys)).toEqual([]);
        }
      },
    ],
  ],
};
