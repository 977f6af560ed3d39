import type {
  SessionChange,
  SessionCommit,
  SessionCreation,
  SessionKeys,
  SessionLoadResult,
  SessionStore,
} from "@holdfast/core";
import fc, { type Arbitrary } from "fast-check";
import { by, fieldName, SHORTEST_MS, text, value } from "./arbitraries.ts";
import { Compared } from "./compared.ts";
import { roundTtl } from "./outcome.ts";

/** A side of the comparison: the store, and the namespace that its keys are in. */
export interface SessionPort {
  readonly sessions: SessionStore;
  readonly namespace: string;
}

type Step = Compared<SessionPort>;
type Rotation = SessionCommit["rotation"];
/** A session's place: few, so that steps meet. */
type Place = { readonly user: "one" | "nobody"; readonly id: string };

const HOUR_MS = 3_600_000;

function keysOf({ namespace }: SessionPort, { user, id }: Place): SessionKeys {
  const prefix = `hf:s:${namespace}:{${namespace}-${user}}:`;
  return { session: `${prefix}s:${id}`, index: `${prefix}index`, epoch: `${prefix}epoch` };
}

/** What was loaded, without what differs by a trip. */
function compared(found: SessionLoadResult): unknown {
  if (found.kind !== "active") return found.kind;
  const { fields, version, userId, device, createdAtMs, deadlineMs, remainingMs } = found.record;
  const sorted = [...fields].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lives = [deadlineMs - createdAtMs, roundTtl(remainingMs)];
  return [found.superseded, sorted, version, userId, device, lives];
}

interface Drawn {
  readonly digest: string;
  readonly device: string | undefined;
  readonly fields: readonly (readonly [field: string, text: string])[];
  readonly epoch: string;
}

function creationAt(keys: SessionKeys, { user }: Place, idleMs: number, drawn: Drawn): SessionCreation {
  const userId = user === "nobody" ? undefined : user;
  return { ...drawn, keys, fields: new Map(drawn.fields), userId, idleMs, absoluteMs: 3 * HOUR_MS };
}

function find(port: SessionPort, place: Place, digest: string): Promise<SessionLoadResult> {
  return port.sessions.load({ keys: keysOf(port, place), digest, idleMs: HOUR_MS, throttleMs: undefined });
}

/** Every operation of the session port, with arguments that meet. */
export function sessionSteps(ids: readonly string[]): Arbitrary<Step>[] {
  const place: Arbitrary<Place> = fc.record({
    user: fc.constantFrom("one", "one", "one", "nobody"),
    id: fc.constantFrom(...ids.slice(0, 2)),
  });
  const digest = fc.constantFrom("digest-1", "digest-1", "digest-1", "digest-2", "digest-2", "digest-3");
  const idleMs = fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(HOUR_MS, 2 * HOUR_MS) },
    { weight: 1, arbitrary: fc.constant(SHORTEST_MS) },
  );
  const unique = fc.uuid();
  const field = fc.oneof(fc.constantFrom("a", "b", "n"), fieldName);
  const seen = fc.constantFrom("loaded" as const, "loaded" as const, "loaded" as const, undefined, 1, 2, 3);
  const change = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), field, text: value, seen }),
    fc.record({ kind: fc.constant("unset" as const), field, seen }),
    fc.record({ kind: fc.constant("increment" as const), field: fc.oneof(fc.constant("n"), field), by }),
  );
  const rotation = fc.option(fc.record({ digest, graceMs: fc.constantFrom(0, SHORTEST_MS, HOUR_MS) }), {
    nil: undefined,
    freq: 4,
  });

  function step<Parameters extends readonly unknown[]>(
    name: string,
    parameters: Arbitrary<Parameters>,
    run: (port: SessionPort, ...parameters: Parameters) => Promise<unknown>,
  ): Arbitrary<Step> {
    return parameters.map((drawn) => {
      const waits = drawn.some((each) => each === SHORTEST_MS || (each as Rotation)?.graceMs === SHORTEST_MS);
      return new Compared(name, drawn, waits, (port: SessionPort) => run(port, ...drawn));
    });
  }

  const creation = fc.record({
    digest,
    device: fc.option(text, { nil: undefined }),
    fields: fc.array(fc.tuple(field, value), { maxLength: 3 }),
    epoch: unique.map((drawn) => drawn.slice(0, 16)),
  });

  return [
    step("create", fc.tuple(place, creation, idleMs), (port, where, drawn, life) =>
      port.sessions.create(creationAt(keysOf(port, where), where, life, drawn)),
    ),
    step(
      "load",
      fc.tuple(place, digest, idleMs, fc.constantFrom(undefined, 0, HOUR_MS / 2, 2 * HOUR_MS)),
      async (port, where, presented, life, throttleMs) =>
        compared(await port.sessions.load({ keys: keysOf(port, where), digest: presented, idleMs: life, throttleMs })),
    ),
    step(
      "commit",
      fc.tuple(
        place,
        digest,
        fc.constantFrom("id-00001", "id-00002", "id-00003", "id-00004"),
        fc.array(change, { maxLength: 4 }),
        idleMs,
        rotation,
      ),
      async (port, where, presented, id, drawn, life, rotates) => {
        const found = await find(port, where, presented);
        const loaded = found.kind === "active" ? found.record.fields : new Map<string, { version: number }>();
        const changes = drawn.map((each): SessionChange => {
          if (each.kind === "increment") return each;
          return { ...each, seen: each.seen === "loaded" ? loaded.get(each.field)?.version : each.seen };
        });
        const commit = {
          keys: keysOf(port, where),
          digest: presented,
          id,
          changes,
          idleMs: life,
          rotation: rotates,
        };
        const outcome = await port.sessions.commit(commit);
        // What expires at once may do so between two trips.
        if (life === SHORTEST_MS || rotates?.graceMs === SHORTEST_MS) return outcome;
        return [outcome, await port.sessions.commit(commit), compared(await find(port, where, presented))];
      },
    ),
    step(
      "replace",
      fc.tuple(place, digest, fc.constantFrom("loaded" as const, "loaded" as const, 1, 2), place, unique, creation),
      async (port, where, presented, version, then, suffix, drawn) => {
        const found = await find(port, where, presented);
        const loaded = found.kind === "active" ? found.record.version : 0;
        const keys = keysOf(port, where);
        const nextKeys = { ...keysOf(port, then), session: `${keysOf(port, then).session} ${suffix}` };
        // As digests are: nobody else's.
        const next = { ...creationAt(nextKeys, then, HOUR_MS, drawn), digest: nextKeys.session };
        const replacement = {
          previous: { keys, digest: presented, version: version === "loaded" ? loaded : version },
          next,
        };
        const outcomes = [await port.sessions.replace(replacement), await port.sessions.replace(replacement)];
        const after = await port.sessions.load({ ...next, throttleMs: undefined });
        return [outcomes, compared(after), compared(await find(port, where, presented))];
      },
    ),
    step("remove", fc.tuple(place), (port, where) => port.sessions.remove(keysOf(port, where))),
    step("list", fc.tuple(place), async (port, where) => {
      const listings = await port.sessions.list(keysOf(port, where));
      return listings
        .map(({ session, device, createdAtMs, deadlineMs }) => [session, device, deadlineMs - createdAtMs])
        .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1));
    }),
    step(
      "revokeAll",
      fc.tuple(place, unique, fc.option(fc.constantFrom(...ids.slice(0, 2)), { nil: undefined })),
      async (port, where, fresh, except) => {
        const keys = keysOf(port, where);
        const spared = except === undefined ? undefined : keysOf(port, { ...where, id: except }).session;
        await port.sessions.revokeAll(keys, fresh.slice(0, 16), spared);
        await port.sessions.revokeAll(keys, fresh.slice(0, 16), spared);
      },
    ),
  ];
}
