import type {
  Backend,
  SessionChange,
  SessionCommit,
  SessionCommitResult,
  SessionCreation,
  SessionKeys,
  SessionLoad,
  SessionLoadResult,
  SessionRecord,
  SessionStore,
} from "@holdfast/core";
import { LONG_MS, type Suite } from "./suite.ts";

/** Longer than a slow machine takes for a few calls; shorter than `LONG_MS` by far. */
export const MINUTE_MS = 60_000;

/** A session, and who may use it. */
export interface Owned {
  readonly keys: SessionKeys;
  readonly digest: string;
}

/** Keys as sessions make them: on a cluster those of one user are in one slot. */
export function keysOf({ namespace }: Suite, user: string, id: string): SessionKeys {
  const prefix = `hf:s:${namespace}:{${namespace}-${user}}:`;
  return { session: `${prefix}${id}`, index: `${prefix}index`, epoch: `${prefix}epoch` };
}

/** Characters that nothing else has. @param length At most 64. */
export function newText(length: number): string {
  return (crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", "").slice(0, length);
}

export function creationOf(keys: SessionKeys, more: Partial<SessionCreation> = {}): SessionCreation {
  return {
    keys,
    digest: newText(43),
    userId: "a user",
    device: undefined,
    fields: new Map(),
    idleMs: LONG_MS,
    absoluteMs: LONG_MS,
    epoch: newText(16),
    ...more,
  };
}

/** Creates a session where nothing should be in the way. */
export async function created(
  sessions: SessionStore,
  keys: SessionKeys,
  more: Partial<SessionCreation> = {},
): Promise<Owned> {
  const creation = creationOf(keys, more);
  if (await sessions.create(creation)) return creation;
  throw new Error("The session should have been created.");
}

/** @param more What differs from a load that moves no end. */
export function load(
  sessions: SessionStore,
  { keys, digest }: Owned,
  more: Partial<SessionLoad> = {},
): Promise<SessionLoadResult> {
  return sessions.load({ keys, digest, idleMs: LONG_MS, throttleMs: undefined, ...more });
}

/** What a token leads to; the two kinds of active ones apart. */
export async function statusOf(sessions: SessionStore, owned: Owned): Promise<string> {
  const result = await load(sessions, owned);
  return result.kind === "active" && result.superseded ? "superseded" : result.kind;
}

/** Loads a session that should be alive. */
export async function recordOf(
  sessions: SessionStore,
  owned: Owned,
  more: Partial<SessionLoad> = {},
): Promise<SessionRecord> {
  const result = await load(sessions, owned, more);
  if (result.kind === "active") return result.record;
  throw new Error(`The session should be alive; it is ${result.kind}.`);
}

/** Fields and their texts, in an order that does not depend on the store. */
export function textsOf({ fields }: SessionRecord): (readonly [field: string, text: string])[] {
  const texts = Array.from(fields, ([field, { text }]) => [field, text] as const);
  return texts.toSorted(([one], [other]) => (one < other ? -1 : 1));
}

export function set(field: string, text: string, seen?: number): SessionChange {
  return { kind: "set", field, text, seen };
}

export function unset(field: string, seen?: number): SessionChange {
  return { kind: "unset", field, seen };
}

export function increment(field: string, by = 1): SessionChange {
  return { kind: "increment", field, by };
}

export function commitOf(
  { keys, digest }: Owned,
  changes: readonly SessionChange[] = [],
  more: Partial<SessionCommit> = {},
): SessionCommit {
  return { keys, digest, id: newText(8), changes, idleMs: LONG_MS, ...more };
}

export function commit(
  sessions: SessionStore,
  owned: Owned,
  changes: readonly SessionChange[] = [],
  more: Partial<SessionCommit> = {},
): Promise<SessionCommitResult> {
  return sessions.commit(commitOf(owned, changes, more));
}

/** Commits where nothing should be in the way. @returns The version. */
export async function committed(
  sessions: SessionStore,
  owned: Owned,
  changes: readonly SessionChange[] = [],
  more: Partial<SessionCommit> = {},
): Promise<number> {
  const result = await commit(sessions, owned, changes, more);
  if (result.kind === "committed") return result.version;
  throw new Error(`The commit should have been made; it was ${result.kind}.`);
}

/** Replaces the session's token. @returns The session under the new one. */
export async function rotated(sessions: SessionStore, owned: Owned, graceMs: number = LONG_MS): Promise<Owned> {
  const digest = newText(43);
  await committed(sessions, owned, [], { rotation: { digest, graceMs } });
  return { keys: owned.keys, digest };
}

/** Keys of the sessions that the store lists, in its order. */
export async function listed(sessions: SessionStore, { index, epoch }: SessionKeys): Promise<string[]> {
  return (await sessions.list({ index, epoch })).map(({ session }) => session);
}

/** Two handles' stores, as two processes have them. */
export async function openTwo(suite: Suite): Promise<[SessionStore, SessionStore, Backend]> {
  const [one, other] = [await suite.open(), await suite.open()];
  return [one.sessions, other.sessions, one];
}
