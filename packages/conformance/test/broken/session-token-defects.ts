import type { SessionStore } from "@holdfast/core";
import { type Defect, pause, sessionDefect } from "./override.ts";

const rotation = "session rotation";
const users = "session users";
const races = "session races";

const HOUR_MS = 3_600_000;

/** The version that a replacement would find if it looked by itself. */
async function versionAt(
  sessions: SessionStore,
  { keys, digest }: Parameters<SessionStore["replace"]>[0]["previous"],
): Promise<number> {
  const found = await sessions.load({ keys, digest, idleMs: 1, throttleMs: undefined });
  return found.kind === "active" ? found.record.version : 0;
}

export const SESSION_TOKEN_DEFECTS: readonly Defect[] = [
  sessionDefect(rotation, "a token that was replaced is dead at once", (sessions) => ({
    load: async (...args) => {
      const found = await sessions.load(...args);
      return found.kind === "active" && found.superseded ? { kind: "unknown" } : found;
    },
  })),
  sessionDefect(rotation, "a token that was replaced is as good as the new one", (sessions) => ({
    load: async (...args) => {
      const found = await sessions.load(...args);
      return found.kind === "active" ? { ...found, superseded: false } : found;
    },
  })),
  sessionDefect(rotation, "grace does not end", (sessions) => ({
    commit: (commit, options) =>
      sessions.commit({ ...commit, rotation: commit.rotation && { ...commit.rotation, graceMs: HOUR_MS } }, options),
  })),
  sessionDefect(rotation, "a refused commit replaces the token", (sessions) => ({
    commit: async (commit, options) => {
      const result = await sessions.commit(commit, options);
      if (result.kind !== "committed" && result.kind !== "gone") await sessions.commit({ ...commit, changes: [] });
      return result;
    },
  })),
  sessionDefect(rotation, "a replaced session is only removed", (sessions) => ({
    load: async (...args) => {
      const found = await sessions.load(...args);
      return found.kind === "replaced" ? { kind: "revoked" } : found;
    },
  })),
  sessionDefect(rotation, "the session before stays", (sessions) => ({
    replace: async ({ next }) => ((await sessions.create(next)) ? "replaced" : "conflict"),
  })),
  sessionDefect(rotation, "a replacement does not look at the version", (sessions) => ({
    replace: async ({ previous, next }) => {
      const version = await versionAt(sessions, previous);
      return sessions.replace({ previous: { ...previous, version }, next });
    },
  })),
  sessionDefect(rotation, "what is not replaced leaves its successor behind", (sessions) => ({
    replace: async (replacement) => {
      const outcome = await sessions.replace(replacement);
      if (outcome !== "replaced") await sessions.create(replacement.next);
      return outcome;
    },
  })),
  sessionDefect(rotation, "a repeated replacement is gone", (sessions) => {
    const made = new Set<string>();
    return {
      replace: async (replacement) => {
        if (made.has(replacement.next.digest)) return "gone";
        const outcome = await sessions.replace(replacement);
        if (outcome === "replaced") made.add(replacement.next.digest);
        return outcome;
      },
    };
  }),
  sessionDefect(rotation, "whoever comes second has replaced it too", (sessions) => ({
    replace: async (replacement) => {
      const { keys, digest } = replacement.previous;
      const found = await sessions.load({ keys, digest, idleMs: 1, throttleMs: undefined });
      return found.kind === "replaced" ? "replaced" : sessions.replace(replacement);
    },
  })),
  sessionDefect(races, "a session is created, and then the one before it removed", (sessions) => ({
    replace: async ({ previous, next }) => {
      const version = await versionAt(sessions, previous);
      if (version === 0) return "gone";
      if (version !== previous.version) return "conflict";
      await sessions.create(next);
      await pause();
      await sessions.remove(previous.keys);
      return "replaced";
    },
  })),
  sessionDefect(races, "one session is removed, and then the next created", (sessions) => ({
    replace: async ({ previous, next }) => {
      const version = await versionAt(sessions, previous);
      if (version !== previous.version) return version === 0 ? "gone" : "conflict";
      await pause();
      await sessions.remove(previous.keys);
      await sessions.create(next);
      return "replaced";
    },
  })),

  sessionDefect(users, "the newest session is the first", (sessions) => ({
    list: async (...args) => (await sessions.list(...args)).toReversed(),
  })),
  sessionDefect(users, "last seen is when it was created", (sessions) => ({
    list: async (...args) =>
      (await sessions.list(...args)).map((each) => ({ ...each, lastSeenAtMs: each.createdAtMs })),
  })),
  sessionDefect(users, "what has ended is listed", (sessions) => {
    const ended = new Map<string, Awaited<ReturnType<SessionStore["list"]>>>();
    return {
      remove: async (keys, options) => {
        ended.set(keys.index, await sessions.list(keys));
        return sessions.remove(keys, options);
      },
      list: async (keys, options) => {
        const alive = await sessions.list(keys, options);
        const others = (ended.get(keys.index) ?? []).filter(
          ({ session }) => !alive.some((each) => each.session === session),
        );
        return [...others, ...alive];
      },
    };
  }),
  sessionDefect(users, "sessions without a user are listed", (sessions) => ({
    create: (creation, options) => sessions.create({ ...creation, userId: creation.userId ?? "nobody" }, options),
  })),
  sessionDefect(users, "nobody is spared", (sessions) => ({
    revokeAll: (keys, epoch, _except, options) => sessions.revokeAll(keys, epoch, undefined, options),
  })),
  sessionDefect(users, "revoking spares what is listed last", (sessions) => ({
    revokeAll: async (keys, epoch, except, options) => {
      const last = (await sessions.list(keys)).at(-1)?.session;
      return sessions.revokeAll(keys, epoch, except ?? last, options);
    },
  })),
  sessionDefect(users, "a repeated revocation is another one", (sessions) => ({
    revokeAll: (keys, _epoch, except, options) =>
      sessions.revokeAll(keys, crypto.randomUUID().slice(0, 16), except, options),
  })),
  sessionDefect(users, "revoking does nothing", () => ({ revokeAll: async () => {} })),
];
