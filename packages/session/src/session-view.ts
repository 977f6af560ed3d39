import { ConfigurationError } from "@holdfast/core";
import { csrfTokenOf } from "./csrf.ts";
import type { Draft } from "./draft.ts";
import type { NumberField, ReadonlySession, Session, SessionStatus } from "./session.ts";
import type { SessionKeySpace } from "./session-key-space.ts";

/** What users hold: a draft without its token, also where it is printed or serialised. */
export class SessionView<Data extends object> implements Session<Data> {
  readonly #draft: Draft;
  readonly #keys: SessionKeySpace;
  #onChange: (() => void) | undefined;

  constructor(draft: Draft, keys: SessionKeySpace) {
    this.#draft = draft;
    this.#keys = keys;
  }

  /** Static, so that users do not see it. @returns `undefined` for what is not one of these. */
  static draftOf(session: object): Draft | undefined {
    return #draft in session ? (session as SessionView<object>).#draft : undefined;
  }

  /** Calls back before the first change. */
  static onChange(session: object, listener: () => void): void {
    if (#draft in session) (session as SessionView<object>).#onChange = listener;
  }

  /** The draft, for what may change it. */
  get #changing(): Draft {
    const listener = this.#onChange;
    this.#onChange = undefined;
    listener?.();
    return this.#draft;
  }

  get id(): string | undefined {
    return this.#draft.live?.token.handle;
  }

  get isNew(): boolean {
    return this.#draft.live === undefined;
  }

  get status(): SessionStatus {
    return this.#draft.status;
  }

  get userId(): string | undefined {
    return this.#draft.userId;
  }

  get<Field extends keyof Data & string>(field: Field): Data[Field] | undefined {
    // A flashed field is gone once it is read.
    const draft = this.#draft.hasFlash(field) ? this.#changing : this.#draft;
    return draft.get(field) as Data[Field] | undefined;
  }

  all(): Partial<Data> {
    return this.#draft.all() as Partial<Data>;
  }

  csrfToken(): Promise<string> {
    return csrfTokenOf(this.#draft, this.#keys);
  }

  set<Field extends keyof Data & string>(field: Field, value: Exclude<Data[Field], undefined>): void {
    this.#changing.set(field, value);
  }

  unset(field: keyof Data & string): void {
    this.#changing.unset(field);
  }

  increment(field: NumberField<Data>, by = 1): number {
    return this.#changing.increment(field, by);
  }

  flash<Field extends keyof Data & string>(field: Field, value: Exclude<Data[Field], undefined>): void {
    this.#changing.flash(field, value);
  }

  signIn(userId: string, options?: { readonly device?: string }): void {
    this.#changing.signIn(userId, options?.device);
  }

  signOut(): void {
    this.#changing.end();
  }

  rotate(): void {
    this.#changing.rotate();
  }

  destroy(): void {
    this.#changing.end();
  }

  toJSON(): { id: string | undefined; status: SessionStatus; userId: string | undefined } {
    return { id: this.id, status: this.status, userId: this.userId };
  }
}

/** @throws {ConfigurationError} `load` of this package did not return it. */
export function draftOf<Data extends object>(session: ReadonlySession<Data>): Draft {
  const draft = SessionView.draftOf(session);
  if (draft) return draft;
  throw new ConfigurationError("This is not a session. Pass what sessions.load() returned, as it is.");
}

/** Whether a commit has anything to do; if not, a binding need not hold the response back. */
export function needsCommit<Data extends object>(session: ReadonlySession<Data>): boolean {
  const draft = draftOf(session);
  return draft.isChanged || draft.hasDeadCookie;
}

/** Calls back as soon as a commit may have something to do: now, or before the first change. */
export function whenCommitMayBeNeeded<Data extends object>(session: ReadonlySession<Data>, listener: () => void): void {
  if (needsCommit(session)) listener();
  else SessionView.onChange(session, listener);
}
