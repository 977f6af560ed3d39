import type { SessionStore } from "@holdfast/core";
import {
  commit,
  commitOf,
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
import type { Case, Section, Suite } from "./suite.ts";

const ROUNDS = 12;

/** What two requests may do to one session at the same time, in two processes. */
export const SESSION_RACES: Section = {
  name: "session races",
  cases: [
    race("writers of different fields all prevail", async ({ expect, stores, owned }) => {
      const names = Array.from({ length: 10 }, (_, index) => `f${index}`);
      const results = await Promise.all(
        names.map((name, index) => commit(stores[index % 2]!, owned, [set(name, name), increment("n")])),
      );
      expect(results.map(({ kind }) => kind)).toEqual(names.map(() => "committed"));
      expect(textsOf(await recordOf(stores[0], owned))).toEqual([
        ...names.map((name) => [name, name]),
        ["n", String(names.length)],
      ]);
      const versions = results.map((result) => (result.kind === "committed" ? result.version : 0));
      expect(new Set(versions).size).toBe(names.length);
    }),
    race(
      "of writers of one field the first prevails, and the others learn of it",
      async ({ expect, stores, owned }) => {
        const texts = Array.from({ length: 6 }, (_, index) => String(index));
        const results = await Promise.all(
          texts.map((text, index) => commit(stores[index % 2]!, owned, [set("f", text), increment("n")])),
        );
        const winners = texts.filter((_, index) => results[index]?.kind === "committed");
        expect(winners.length).toBe(1);
        expect(results.filter(({ kind }) => kind === "conflict").length).toBe(texts.length - 1);
        expect(textsOf(await recordOf(stores[1], owned))).toEqual([
          ["f", winners[0]],
          ["n", "1"],
        ]);
      },
    ),
    race("increments are all counted, each once though it is sent twice", async ({ expect, stores, owned }) => {
      const commits = Array.from({ length: 4 }, () => commitOf(owned, [increment("n")]));
      await Promise.all([...commits, ...commits].map((each, index) => stores[index % 2]!.commit(each)));
      expect(textsOf(await recordOf(stores[0], owned))).toEqual([["n", String(commits.length)]]);
    }),
    race(
      "a session that is ended while a request has it stays ended",
      async ({ expect, stores: [one, other], owned, together }) => {
        const { version } = await recordOf(one, owned);
        const rotation = { digest: newText(43), graceMs: MINUTE_MS };
        const [removed] = await together(
          () => other.remove(owned.keys),
          () =>
            Promise.all([
              commit(one, owned, [set("f", "v")]),
              load(one, owned, { throttleMs: 0, idleMs: 2 * MINUTE_MS }),
              commit(one, owned, [increment("n")], { rotation }),
            ]),
        );
        expect(removed).toBe(true);
        expect(await commit(one, owned, [set("g", "v", version)])).toEqual({ kind: "gone" });
        expect(await load(one, owned, { throttleMs: 0 })).toEqual({ kind: "revoked" });
        expect(await listed(one, owned.keys)).toEqual([]);
      },
    ),
    race("of two that end a session, one did", async ({ expect, stores: [one, other], owned }) => {
      const removed = await Promise.all([one.remove(owned.keys), other.remove(owned.keys)]);
      expect(removed.filter(Boolean).length).toBe(1);
    }),
    race(
      "of two that create a session at one key, one did",
      async ({ expect, stores: [one, other], owned: { keys } }) => {
        const creations = [1, 2].map(() => creationOf({ ...keys, session: `${keys.session} new` }));
        const made = await Promise.all([one.create(creations[0]!), other.create(creations[1]!)]);
        expect(made.filter(Boolean).length).toBe(1);
        const statuses = await Promise.all(creations.map((each) => statusOf(one, each)));
        expect(statuses).toEqual(made.map((yes) => (yes ? "active" : "unknown")));
      },
    ),
    race(
      "while a token is replaced, other commits are made before or not at all",
      async ({ expect, stores, owned, together }) => {
        const digest = newText(43);
        const [rotation, others] = await together(
          () => commit(stores[0], owned, [], { rotation: { digest, graceMs: MINUTE_MS } }),
          () => Promise.all([1, 2, 3].map(() => commit(stores[1], owned, [increment("n")]))),
        );
        expect(rotation.kind).toBe("committed");
        const made = others.filter(({ kind }) => kind === "committed").length;
        expect(others.filter(({ kind }) => kind === "gone").length).toBe(others.length - made);
        const { fields } = await recordOf(stores[1], { ...owned, digest });
        expect(Number(fields.get("n")?.text ?? 0)).toBe(made);
        expect(await statusOf(stores[1], owned)).toBe("superseded");
      },
    ),
    race("of two that replace a token, one did", async ({ expect, stores: [one, other], owned }) => {
      const digests = [newText(43), newText(43)];
      const results = await Promise.all(
        [one, other].map((store, index) =>
          commit(store, owned, [], { rotation: { digest: digests[index]!, graceMs: MINUTE_MS } }),
        ),
      );
      expect(results.map(({ kind }) => kind).toSorted()).toEqual(["committed", "gone"]);
      const statuses = await Promise.all(digests.map((digest) => statusOf(one, { ...owned, digest })));
      expect(statuses).toEqual(results.map(({ kind }) => (kind === "committed" ? "active" : "unknown")));
    }),
    ...["", ", by another user's"].flatMap((where): Case[] => {
      const nextTo = (suite: Suite, { keys }: Owned) =>
        creationOf(where ? keysOf(suite, newText(8), "next") : { ...keys, session: `${keys.session} ${newText(8)}` });
      return [
        race(
          `what is committed while the session is replaced is lost to nobody${where}`,
          async ({ suite, expect, stores, owned, together }) => {
            const { version } = await recordOf(stores[0], owned);
            const next = nextTo(suite, owned);
            const [outcome, late] = await together(
              () => stores[0].replace({ previous: { ...owned, version }, next }),
              () => commit(stores[1], owned, [set("f", "v")]),
            );
            const replaced = outcome === "replaced";
            expect([outcome, late.kind]).toEqual(replaced ? [outcome, "gone"] : ["conflict", "committed"]);
            expect(await statusOf(stores[1], owned)).toBe(replaced ? "replaced" : "active");
            expect((await statusOf(stores[1], next)) === "active").toBe(replaced);
          },
        ),
        race(`of two that replace a session, one did${where}`, async ({ suite, expect, stores, owned }) => {
          const { version } = await recordOf(stores[0], owned);
          const nexts = [1, 2].map(() => nextTo(suite, owned));
          const outcomes = await Promise.all(
            nexts.map((next, index) => stores[index % 2]!.replace({ previous: { ...owned, version }, next })),
          );
          expect(outcomes.toSorted()).toEqual(["gone", "replaced"]);
          const alive = await Promise.all(nexts.map(async (next) => (await statusOf(stores[0], next)) === "active"));
          expect(alive).toEqual(outcomes.map((outcome) => outcome === "replaced"));
        }),
        race(`a session is replaced or ended, not both${where}`, async ({ suite, expect, stores, owned, together }) => {
          const { version } = await recordOf(stores[0], owned);
          const next = nextTo(suite, owned);
          const [outcome, removed] = await together(
            () => stores[0].replace({ previous: { ...owned, version }, next }),
            () => stores[1].remove(owned.keys),
          );
          expect(outcome).toBe(removed ? "gone" : "replaced");
          expect((await statusOf(stores[1], next)) === "active").toBe(!removed);
        }),
      ];
    }),
    race("sign-ins at one time are all listed", async ({ expect, stores, owned: { keys } }) => {
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          created(stores[index % 2]!, { ...keys, session: `${keys.session} ${index}` }),
        ),
      );
      const expected = [keys.session, ...made.map((each) => each.keys.session)];
      expect(new Set(await listed(stores[0], keys))).toEqual(new Set(expected));
    }),
    race(
      "what was signed in before everything is revoked is dead, and the list says what is alive",
      async ({ expect, stores, owned, together }) => {
        const { keys } = owned;
        const at = (id: string) => ({ ...keys, session: `${keys.session} ${id}` });
        const before = [owned, await created(stores[1], at("before"))];
        const during = Array.from({ length: 8 }, (_, index) => creationOf(at(`during ${index}`)));
        const [, made] = await together(
          () => stores[0].revokeAll(keys, newText(16), undefined),
          async () => {
            const used = before.flatMap((each) => [
              load(stores[1], each, { throttleMs: 0, idleMs: 2 * MINUTE_MS }),
              commit(stores[1], each, [set("f", "v")]),
            ]);
            const creating = during.map((creation, index) => stores[index % 2]!.create(creation));
            await Promise.all(used);
            return Promise.all(creating);
          },
        );
        expect(made).toEqual(during.map(() => true));
        const after = await created(stores[1], at("after"));
        for (const each of before) {
          expect(await statusOf(stores[1], each)).toBe("revoked");
          expect(await commit(stores[0], each, [set("g", "v")])).toEqual({ kind: "gone" });
        }
        const statuses = await Promise.all(during.map((each) => statusOf(stores[0], each)));
        const alive = [...during.filter((_, index) => statuses[index] === "active"), after];
        expect(statuses.filter((status) => status !== "active" && status !== "revoked")).toEqual([]);
        expect(new Set(await listed(stores[1], keys))).toEqual(new Set(alive.map((each) => each.keys.session)));
      },
    ),
    race("a session that is spared goes on while others are revoked", async ({ expect, stores, owned, together }) => {
      const other = await created(stores[1], { ...owned.keys, session: `${owned.keys.session} other` });
      const [, late] = await together(
        () => stores[0].revokeAll(owned.keys, newText(16), owned.keys.session),
        () => commit(stores[1], owned, [set("f", "v")]),
      );
      expect(late.kind).toBe("committed");
      expect([await statusOf(stores[1], owned), await statusOf(stores[1], other)]).toEqual(["active", "revoked"]);
    }),
    race("two revocations that spare each another session leave none", async ({ expect, stores, owned }) => {
      const other = await created(stores[1], { ...owned.keys, session: `${owned.keys.session} other` });
      await Promise.all(
        [owned, other].map((each, index) => stores[index]!.revokeAll(each.keys, newText(16), each.keys.session)),
      );
      expect(await listed(stores[0], owned.keys)).toEqual([]);
      expect([await statusOf(stores[1], owned), await statusOf(stores[1], other)]).toEqual(["revoked", "revoked"]);
    }),
    race(
      "a token that is used after its grace ends what is being committed",
      async ({ expect, stores: [one, other], owned, together }) => {
        const renewed = await rotated(one, owned, 0);
        const [late] = await together(
          () => commit(one, renewed, [set("f", "v")]),
          () => load(other, owned, { throttleMs: 0 }),
        );
        expect(late.kind === "committed" || late.kind === "gone").toBe(true);
        expect(await statusOf(one, renewed)).toBe("revoked");
        expect(await commit(one, renewed)).toEqual({ kind: "gone" });
      },
    ),
  ],
};

/** One round of a race: a session with a user of its own, and two processes that use it. */
interface Round extends Pick<Suite, "expect"> {
  readonly suite: Suite;
  readonly stores: readonly [SessionStore, SessionStore];
  readonly owned: Owned;
  /** Makes both calls at one time; which one is made first alternates. */
  readonly together: <One, Other>(one: () => Promise<One>, other: () => Promise<Other>) => Promise<[One, Other]>;
}

function race(name: string, run: (round: Round) => Promise<void>): Case {
  return [
    name,
    async (suite) => {
      const [one, other] = await openTwo(suite);
      for (let round = 0; round < ROUNDS; round += 1) {
        const owned = await created(one, keysOf(suite, newText(8), "a"), { idleMs: 10 * MINUTE_MS });
        // The second handle's first command is not to be late because of its connection.
        await committed(other, owned);
        await run({
          suite,
          expect: suite.expect,
          stores: [one, other],
          owned,
          together: round % 2 ? backwards : forwards,
        });
      }
    },
  ];
}

const forwards: Round["together"] = (one, other) => Promise.all([one(), other()]);

const backwards: Round["together"] = async (one, other) => {
  const first = other();
  return Promise.all([one(), first]);
};
