import type {
  SessionChange,
  SessionCommit,
  SessionField,
  SessionLoad,
  SessionRecord,
  SessionStore,
} from "@holdfast/core";
import { type Defect, pause, sessionDefect } from "./override.ts";

const records = "session records";
const ends = "session ends";
const commits = "session commits";
const numbers = "session numbers";
const races = "session races";

/** What a careless store would read first, in a trip of its own. */
async function recordAt(
  sessions: SessionStore,
  at: Pick<SessionLoad, "keys" | "digest">,
): Promise<SessionRecord | undefined> {
  const found = await sessions.load({ ...at, idleMs: 1, throttleMs: undefined });
  return found.kind === "active" ? found.record : undefined;
}

/** A commit whose changes another function of the record makes. */
async function withChanges(
  sessions: SessionStore,
  commit: SessionCommit,
  change: (change: SessionChange, field: SessionField | undefined) => SessionChange,
): ReturnType<SessionStore["commit"]> {
  const fields = (await recordAt(sessions, commit))?.fields;
  return sessions.commit({ ...commit, changes: commit.changes.map((each) => change(each, fields?.get(each.field))) });
}

const asSeen = (change: SessionChange, field: SessionField | undefined): SessionChange =>
  change.kind === "increment" ? change : { ...change, seen: field?.version };

/** Adds up in the process. */
function asSet(change: SessionChange, field: SessionField | undefined): SessionChange {
  if (change.kind !== "increment") return change;
  const text = String(Number(field?.text ?? 0) + change.by);
  return { kind: "set", field: change.field, text, seen: field?.version };
}

export const SESSION_DEFECTS: readonly Defect[] = [
  sessionDefect(records, "fields go through an object", (sessions) => ({
    create: (creation, options) => {
      const object: Record<string, string> = {};
      for (const [field, text] of creation.fields) object[field] = text;
      return sessions.create({ ...creation, fields: new Map(Object.entries(object)) }, options);
    },
  })),
  sessionDefect(records, "committed texts are trimmed", (sessions) => ({
    commit: (commit, options) =>
      sessions.commit(
        {
          ...commit,
          changes: commit.changes.map((each) => ("text" in each ? { ...each, text: each.text.trim() } : each)),
        },
        options,
      ),
  })),
  sessionDefect(records, "an empty name is none", (sessions) => ({
    create: (creation, options) => sessions.create({ ...creation, device: creation.device || undefined }, options),
  })),
  sessionDefect(records, "a creation says yes where the key is taken", (sessions) => ({
    create: async (...args) => {
      await sessions.create(...args);
      return true;
    },
  })),
  sessionDefect(records, "a repeated creation says no", (sessions) => {
    const made = new Set<string>();
    return {
      create: async (creation, options) => {
        const first = made.size !== made.add(creation.digest).size;
        return (await sessions.create(creation, options)) && first;
      },
    };
  }),
  sessionDefect(records, "every token of a session is its token", (sessions) => {
    const digests = new Map<string, string>();
    return {
      create: (creation, options) => {
        digests.set(creation.keys.session, creation.digest);
        return sessions.create(creation, options);
      },
      load: (load, options) =>
        sessions.load({ ...load, digest: digests.get(load.keys.session) ?? load.digest }, options),
    };
  }),
  sessionDefect(records, "another token ends a session", (sessions) => ({
    load: async (load, options) => {
      const found = await sessions.load(load, options);
      if (found.kind === "unknown") await sessions.remove(load.keys);
      return found;
    },
  })),
  sessionDefect(records, "an ended session is unknown", (sessions) => ({
    load: async (...args) => {
      const found = await sessions.load(...args);
      return found.kind === "revoked" ? { kind: "unknown" } : found;
    },
  })),
  sessionDefect(records, "ending says yes each time", (sessions) => ({
    remove: async (...args) => {
      await sessions.remove(...args);
      return true;
    },
  })),
  sessionDefect(records, "a commit creates what is missing", (sessions) => ({
    commit: async (commit, options) => {
      const result = await sessions.commit(commit, options);
      if (result.kind !== "gone") return result;
      const fields = new Map(commit.changes.map((each) => [each.field, "text" in each ? each.text : "0"]));
      const { keys, digest, idleMs = 3_600_000 } = commit;
      const made = { keys, digest, idleMs, fields, userId: "u", device: undefined, absoluteMs: 3_600_000 };
      await sessions.create({ ...made, epoch: "0123456789abcdef" });
      return { kind: "committed", version: 1, numbers: [] };
    },
  })),

  sessionDefect(ends, "idle time is not kept", (sessions) => ({
    create: (creation, options) => sessions.create({ ...creation, idleMs: creation.absoluteMs }, options),
  })),
  sessionDefect(ends, "there is no deadline", (sessions) => ({
    create: (creation, options) => sessions.create({ ...creation, absoluteMs: 86_400_000 }, options),
  })),
  sessionDefect(ends, "an expired session is unknown", (sessions) => ({
    load: async (...args) => {
      const found = await sessions.load(...args);
      return found.kind === "expired" ? { kind: "unknown" } : found;
    },
  })),
  sessionDefect(ends, "loads move no end", (sessions) => ({
    load: (load, options) => sessions.load({ ...load, throttleMs: undefined }, options),
  })),
  sessionDefect(ends, "each load moves the end", (sessions) => ({
    load: (load, options) => sessions.load({ ...load, throttleMs: load.throttleMs && 0 }, options),
  })),
  sessionDefect(ends, "loads move the end unasked", (sessions) => ({
    load: (load, options) => sessions.load({ ...load, throttleMs: load.throttleMs ?? 0 }, options),
  })),
  sessionDefect(ends, "a load says how long it lives, not how long it has left", (sessions) => ({
    load: async (load, options) => {
      const found = await sessions.load(load, options);
      if (found.kind !== "active") return found;
      return { ...found, record: { ...found.record, remainingMs: load.idleMs } };
    },
  })),
  sessionDefect(ends, "a commit only prolongs", (sessions) => ({
    commit: async (commit, options) => {
      const left = (await recordAt(sessions, commit))?.remainingMs ?? 0;
      return sessions.commit({ ...commit, idleMs: Math.max(commit.idleMs ?? 0, left) }, options);
    },
  })),
  sessionDefect(ends, "a commit moves the end untold", (sessions) => ({
    commit: (commit, options) => sessions.commit({ idleMs: 3_600_000, ...defined(commit) }, options),
  })),
  sessionDefect(ends, "a refused commit moves the end", (sessions) => ({
    commit: async (commit, options) => {
      const result = await sessions.commit(commit, options);
      if (result.kind === "conflict") await sessions.commit({ ...commit, changes: [] });
      return result;
    },
  })),

  sessionDefect(commits, "the last writer wins", (sessions) => ({
    commit: (commit) => withChanges(sessions, commit, asSeen),
  })),
  sessionDefect(commits, "a conflict names every field", (sessions) => ({
    commit: async (...args) => {
      const result = await sessions.commit(...args);
      return result.kind === "conflict" ? { ...result, fields: args[0].changes.map(({ field }) => field) } : result;
    },
  })),
  sessionDefect(commits, "any change since it was loaded is a conflict", (sessions) => ({
    commit: async (commit, options) => {
      const record = await recordAt(sessions, commit);
      const seen = commit.changes.flatMap((each) => ("seen" in each && each.seen !== undefined ? [each.seen] : []));
      if (record && seen.some((version) => version < record.version - 1)) return { kind: "conflict", fields: [] };
      return sessions.commit(commit, options);
    },
  })),
  sessionDefect(commits, "what is applied before a conflict stays", (sessions) => ({
    commit: async (commit, options) => {
      const result = await sessions.commit(commit, options);
      if (result.kind !== "conflict") return result;
      const changes = commit.changes.filter(({ field }) => !result.fields.includes(field));
      await sessions.commit({ ...commit, changes });
      return result;
    },
  })),
  sessionDefect(commits, "what is not there cannot be unset", (sessions) => ({
    commit: async (commit, options) => {
      const record = await recordAt(sessions, commit);
      const missing = commit.changes.filter(
        (each) => each.kind === "unset" && each.seen && !record?.fields.has(each.field),
      );
      if (record && missing.length > 0) return { kind: "conflict", fields: missing.map(({ field }) => field) };
      return sessions.commit(commit, options);
    },
  })),
  sessionDefect(commits, "a repeated commit is another one", (sessions) => ({
    commit: (commit, options) => sessions.commit({ ...commit, id: crypto.randomUUID().slice(0, 8) }, options),
  })),
  sessionDefect(commits, "a repeated commit is gone", (sessions) => {
    const made = new Set<string>();
    return {
      commit: async (commit, options) => {
        if (made.has(commit.id)) return { kind: "gone" };
        const result = await sessions.commit(commit, options);
        if (result.kind === "committed") made.add(commit.id);
        return result;
      },
    };
  }),
  sessionDefect(commits, "an empty commit is none", (sessions) => ({
    commit: async (commit, options) => {
      const record = commit.changes.length === 0 && !commit.rotation && (await recordAt(sessions, commit));
      return record ? { kind: "committed", version: record.version, numbers: [] } : sessions.commit(commit, options);
    },
  })),

  sessionDefect(numbers, "an increment is a set of what was read", (sessions) => ({
    commit: (commit) => withChanges(sessions, commit, asSet),
  })),
  sessionDefect(numbers, "text that is no number counts as 0", (sessions) => ({
    commit: async (commit, options) => {
      const result = await sessions.commit(commit, options);
      if (result.kind !== "notANumber") return result;
      return {
        kind: "committed",
        version: 2,
        numbers: commit.changes.flatMap((each) => ("by" in each ? [each.by] : [])),
      };
    },
  })),

  sessionDefect(races, "increments are made in two steps", (sessions) => ({
    commit: async (commit, options) => {
      if (!commit.changes.some(({ kind }) => kind === "increment")) return sessions.commit(commit, options);
      const fields = (await recordAt(sessions, commit))?.fields;
      await pause();
      const changes = commit.changes.map((each) => asSet(each, fields?.get(each.field)));
      return withChanges(sessions, { ...commit, changes }, asSeen);
    },
  })),
  sessionDefect(races, "conflicts are looked for in a step of its own", (sessions) => ({
    commit: async (commit) => {
      const fields = (await recordAt(sessions, commit))?.fields;
      const late = commit.changes.filter((each) => "seen" in each && fields?.get(each.field)?.version !== each.seen);
      if (late.length > 0) return { kind: "conflict", fields: late.map(({ field }) => field) };
      await pause();
      return withChanges(sessions, commit, asSeen);
    },
  })),
  sessionDefect(races, "ending looks first", (sessions) => {
    const alive = new Set<string>();
    return {
      create: (creation, options) => {
        alive.add(creation.keys.session);
        return sessions.create(creation, options);
      },
      remove: async ({ session, ...keys }, options) => {
        const was = alive.has(session);
        await pause();
        alive.delete(session);
        await sessions.remove({ session, ...keys }, options);
        return was;
      },
    };
  }),
];

/** Without what is `undefined`. */
function defined(commit: SessionCommit): SessionCommit {
  return commit.idleMs === undefined ? (({ idleMs: _none, ...others }) => others)(commit) : commit;
}
