import type { SessionChange, SessionCommitResult, SessionField } from "@holdfast/core";

/** A session as it is kept. What is there is never changed but replaced, so that what was loaded stays as it was. */
export interface StoredSession {
  readonly ended: undefined;
  readonly digest: string;
  /** The token before this one, which reads until its grace ends. */
  readonly previous: { readonly digest: string; readonly graceEndsAtMs: number } | undefined;
  readonly userId: string | undefined;
  /** The user's when the session was created. */
  readonly epoch: string | undefined;
  readonly device: string | undefined;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly deadlineMs: number;
  readonly version: number;
  readonly fields: ReadonlyMap<string, SessionField>;
  /** Ids of the last commits: a repeated one is not applied again. */
  readonly commits: readonly string[];
}

/** What is left of a session that did not end by itself. */
export interface Tombstone {
  readonly ended: "revoked" | "replaced";
  /** The digest of the session that replaced it. */
  readonly successor: string | undefined;
}

/** How many commits a session remembers. */
export const REMEMBERED_COMMITS = 8;

const INTEGER = /^(?:0|-?[1-9]\d*)$/;

type Fields = ReadonlyMap<string, SessionField>;
type Applied = { readonly kind: "applied"; readonly fields: Fields; readonly numbers: readonly number[] };
type Refused = Extract<SessionCommitResult, { kind: "conflict" | "notANumber" }>;

/** The fields after all changes of a commit, or why none of them is made. */
export function applyChanges(before: Fields, changes: readonly SessionChange[], version: number): Applied | Refused {
  const fields = new Map(before);
  const numbers: number[] = [];
  const conflicts: string[] = [];
  const others: string[] = [];
  for (const change of changes) {
    const { kind, field } = change;
    if (kind === "increment") {
      const sum = numberIn(fields.get(field)) + change.by;
      if (Number.isSafeInteger(sum)) {
        fields.set(field, { text: String(sum), version });
        numbers.push(sum);
      } else {
        others.push(field);
      }
      continue;
    }
    const written = before.get(field)?.version;
    if (written !== change.seen && !(kind === "unset" && written === undefined)) conflicts.push(field);
    else if (kind === "set") fields.set(field, { text: change.text, version });
    else fields.delete(field);
  }
  if (conflicts.length > 0) return { kind: "conflict", fields: conflicts };
  if (others.length > 0) return { kind: "notANumber", fields: others };
  return { kind: "applied", fields, numbers };
}

/** The present values of what a commit increments, for one that was applied before. */
export function numbersNow(fields: Fields, changes: readonly SessionChange[]): number[] {
  return changes
    .filter(({ kind }) => kind === "increment")
    .map(({ field }) => numberIn(fields.get(field)))
    .map((number) => (Number.isNaN(number) ? 0 : number));
}

/** @returns NaN for text that is no whole number of the exact range. */
function numberIn(held: SessionField | undefined): number {
  if (held === undefined) return 0;
  const number = INTEGER.test(held.text) ? Number(held.text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : Number.NaN;
}
