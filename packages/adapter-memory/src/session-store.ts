import type {
  CallOptions,
  SessionCommit,
  SessionCommitResult,
  SessionCreation,
  SessionField,
  SessionKeys,
  SessionListing,
  SessionLoad,
  SessionLoadResult,
  SessionRecord,
  SessionReplacement,
  SessionStore,
} from "@holdfast/core";
import type { Calls } from "./calls.ts";
import type { MemoryStorage } from "./memory-storage.ts";
import { applyChanges, numbersNow, REMEMBERED_COMMITS, type StoredSession } from "./stored-session.ts";
import type { TtlMap } from "./ttl-map.ts";

/** What has ended is remembered at least for this long. */
const SHORTEST_MEMORY_MS = 60_000;
/** The index still tells of a session that has ended by itself. */
const REMEMBERED_MS = 86_400_000;

/** The session port in this process's memory. */
export class MemorySessionStore implements SessionStore {
  readonly #storage: MemoryStorage;
  readonly #calls: Calls;

  constructor(storage: MemoryStorage, calls: Calls) {
    this.#storage = storage;
    this.#calls = calls;
  }

  load({ keys, digest, idleMs, throttleMs }: SessionLoad, options?: CallOptions): Promise<SessionLoadResult> {
    return this.#calls.run(() => {
      const { sessions, sessionIndexes, clock } = this.#storage;
      const session = sessions.get(keys.session);
      if (!session) return { kind: sessionIndexes.get(keys.index)?.has(keys.session) ? "expired" : "unknown" };
      if (session.ended) return { kind: session.ended };
      const { previous } = session;
      const superseded = previous?.digest === digest;
      if (session.digest !== digest && !superseded) return { kind: "unknown" };
      if (!this.#isOfItsEpoch(session, keys.epoch)) return { kind: "revoked" };
      const now = clock.now();
      if (superseded && previous.graceEndsAtMs <= now) {
        this.#bury(keys, session, "revoked");
        return { kind: "revoked" };
      }
      const leftMs = Number(sessions.ttl(keys.session));
      const mostMs = Math.min(idleMs, session.deadlineMs - now);
      const moves = throttleMs !== undefined && !superseded && mostMs - leftMs > throttleMs;
      if (moves) sessions.set(keys.session, { ...session, lastSeenAtMs: now }, mostMs);
      return { kind: "active", superseded, record: recordOf(session, moves ? mostMs : leftMs) };
    }, options);
  }

  create(creation: SessionCreation, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => this.#create(creation), options);
  }

  commit(commit: SessionCommit, options?: CallOptions): Promise<SessionCommitResult> {
    return this.#calls.run(() => {
      const { keys, digest, id, changes, idleMs, rotation } = commit;
      const { sessions, clock } = this.#storage;
      const session = this.#alive(keys);
      if (!session) return { kind: "gone" };
      if (session.commits.includes(id)) {
        return { kind: "committed", version: session.version, numbers: numbersNow(session.fields, changes) };
      }
      if (session.digest !== digest) return { kind: "gone" };
      const version = session.version + 1;
      const applied = applyChanges(session.fields, changes, version);
      if (applied.kind !== "applied") return applied;
      const now = clock.now();
      const next: StoredSession = {
        ...session,
        ...(rotation
          ? { digest: rotation.digest, previous: { digest, graceEndsAtMs: now + rotation.graceMs } }
          : undefined),
        version,
        fields: applied.fields,
        lastSeenAtMs: idleMs === undefined ? session.lastSeenAtMs : now,
        commits: [...session.commits, id].slice(-REMEMBERED_COMMITS),
      };
      if (idleMs === undefined) sessions.replace(keys.session, next);
      else sessions.set(keys.session, next, Math.min(idleMs, session.deadlineMs - now));
      return { kind: "committed", version, numbers: applied.numbers };
    }, options);
  }

  replace({ previous, next }: SessionReplacement, options?: CallOptions): Promise<"replaced" | "conflict" | "gone"> {
    return this.#calls.run(() => {
      const ended = this.#storage.sessions.get(previous.keys.session);
      if (ended?.ended === "replaced" && ended.successor === next.digest) return "replaced";
      const session = this.#alive(previous.keys);
      if (session?.digest !== previous.digest) return "gone";
      if (session.version !== previous.version || !this.#create(next)) return "conflict";
      this.#bury(previous.keys, session, "replaced", next.digest);
      return "replaced";
    }, options);
  }

  remove(keys: SessionKeys, options?: CallOptions): Promise<boolean> {
    return this.#calls.run(() => {
      const session = this.#alive(keys);
      if (session) this.#bury(keys, session, "revoked");
      return session !== undefined;
    }, options);
  }

  list({ index, epoch }: Pick<SessionKeys, "index" | "epoch">, options?: CallOptions): Promise<SessionListing[]> {
    return this.#calls.run(() => {
      const members = [...(this.#storage.sessionIndexes.get(index)?.keys() ?? [])];
      const listings = members.flatMap((session): SessionListing[] => {
        const found = this.#alive({ session, epoch });
        if (!found) return [];
        const { device, createdAtMs, lastSeenAtMs, deadlineMs } = found;
        return [{ session, device, createdAtMs, lastSeenAtMs, deadlineMs }];
      });
      return listings.toSorted((one, other) => one.createdAtMs - other.createdAtMs);
    }, options);
  }

  revokeAll(
    { index, epoch: key }: Pick<SessionKeys, "index" | "epoch">,
    epoch: string,
    except: string | undefined,
    options?: CallOptions,
  ): Promise<void> {
    return this.#calls.run(() => {
      const { sessions, sessionEpochs, sessionIndexes, clock } = this.#storage;
      const current = sessionEpochs.get(key);
      if (current === undefined || current === epoch) return;
      const spared = except === undefined ? undefined : this.#alive({ session: except, epoch: key });
      sessionEpochs.replace(key, epoch);
      sessionIndexes.delete(index);
      if (except === undefined || spared?.userId === undefined) return;
      sessions.replace(except, { ...spared, epoch });
      sessionIndexes.set(
        index,
        new Map([[except, spared.deadlineMs]]),
        spared.deadlineMs + REMEMBERED_MS - clock.now(),
      );
    }, options);
  }

  #create({ keys, digest, userId, device, fields, idleMs, absoluteMs, epoch: fresh }: SessionCreation): boolean {
    const { sessions, sessionEpochs, sessionIndexes, clock } = this.#storage;
    const taken = sessions.get(keys.session);
    if (taken) return taken.ended === undefined && taken.digest === digest;
    const now = clock.now();
    const deadlineMs = now + absoluteMs;
    let epoch: string | undefined;
    if (userId !== undefined) {
      epoch = sessionEpochs.get(keys.epoch) ?? fresh;
      keep(sessionEpochs, keys.epoch, epoch, absoluteMs);
      const others = [...(sessionIndexes.get(keys.index) ?? [])].filter(
        ([, endsAtMs]) => endsAtMs + REMEMBERED_MS > now,
      );
      keep(sessionIndexes, keys.index, new Map([...others, [keys.session, deadlineMs]]), absoluteMs + REMEMBERED_MS);
    }
    const session: StoredSession = {
      ended: undefined,
      digest,
      previous: undefined,
      userId,
      epoch,
      device,
      createdAtMs: now,
      lastSeenAtMs: now,
      deadlineMs,
      version: 1,
      fields: new Map(Array.from(fields, ([field, text]): [string, SessionField] => [field, { text, version: 1 }])),
      commits: [],
    };
    sessions.set(keys.session, session, Math.min(idleMs, absoluteMs));
    return true;
  }

  /** The session, unless it has ended. */
  #alive({ session: key, epoch }: Pick<SessionKeys, "session" | "epoch">): StoredSession | undefined {
    const session = this.#storage.sessions.get(key);
    return session && session.ended === undefined && this.#isOfItsEpoch(session, epoch) ? session : undefined;
  }

  #isOfItsEpoch({ userId, epoch }: StoredSession, key: string): boolean {
    return userId === undefined || this.#storage.sessionEpochs.get(key) === epoch;
  }

  #bury(keys: SessionKeys, session: StoredSession, ended: "revoked" | "replaced", successor?: string): void {
    const { sessions, sessionIndexes, clock } = this.#storage;
    const leftMs = Math.max(Number(sessions.ttl(keys.session)), SHORTEST_MEMORY_MS);
    sessions.set(keys.session, { ended, successor }, Math.min(leftMs, session.deadlineMs - clock.now()));
    sessionIndexes.get(keys.index)?.delete(keys.session);
  }
}

/** Writes a value that is kept at least for `ttlMs`. */
function keep<Value>(map: TtlMap<Value>, key: string, value: Value, ttlMs: number): void {
  const leftMs = map.ttl(key);
  map.set(key, value, typeof leftMs === "number" ? Math.max(leftMs, ttlMs) : ttlMs);
}

function recordOf(session: StoredSession, remainingMs: number): SessionRecord {
  const { fields, version, userId, device, createdAtMs, deadlineMs } = session;
  return { fields, version, userId, device, createdAtMs, deadlineMs, remainingMs };
}
