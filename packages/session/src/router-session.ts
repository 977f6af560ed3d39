import { codec } from "@holdfast/core";
import type { RequestCommits } from "./request-commits.ts";
import type { Session, SessionStatus } from "./session.ts";
import { draftOf } from "./session-view.ts";

/** React Router's default for the data of a session. */
export interface SessionData {
  // biome-ignore lint/suspicious/noExplicitAny: applications without types rely on it.
  [name: string]: any; // oxlint-disable-line typescript/no-explicit-any
}

export type FlashSessionData<Data, FlashData> = Partial<
  Data & { [Key in keyof FlashData as `__flash_${Key & string}__`]: FlashData[Key] }
>;

type Read<Data, Key> = Key extends keyof Data ? Data[Key] : undefined;

/** React Router's and Remix 2's `Session`. */
export interface CookieSession<Data = SessionData, FlashData = Data> {
  /** The session's public name; empty while there is none. */
  readonly id: string;
  readonly data: FlashSessionData<Data, FlashData>;
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  /** The value of a field. Objects may be changed in place: the next commit notices. */
  get<Key extends (keyof Data | keyof FlashData) & string>(
    name: Key,
  ): Read<Data, Key> | Read<FlashData, Key> | undefined;
  set<Key extends keyof Data & string>(name: Key, value: Data[Key]): void;
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  unset(name: keyof Data & string): void;
}

/** The same, with what Holdfast adds. */
export interface RouterSession<Data = SessionData, FlashData = Data> extends CookieSession<Data, FlashData> {
  /** The session below: for `sessions.verifyCsrf`, `list` and `revokeAll`, and for all that is not here. */
  readonly inner: Session<Data & object>;
  readonly status: SessionStatus;
  readonly userId: string | undefined;
  /** Says who this is from now on: the token is replaced, and data kept, unless another user was signed in. */
  signIn(userId: string, options?: { readonly device?: string }): void;
  signOut(): void;
  rotate(): void;
}

export type RouterFields = Record<string, unknown>;

interface Copy {
  readonly value: object;
  /** As it was handed out. */
  readonly text: string;
}

/** Types are checked where it is handed out, as a `RouterSession` of the application's data. */
export class RouterSessionView {
  readonly inner: Session<RouterFields>;
  readonly commits: RequestCommits;
  /** The Set-Cookie header that this session was given. */
  cookie = "";
  /** React Router's sessions hand out objects that may be changed. */
  readonly #copies = new Map<string, Copy>();

  constructor(inner: Session<RouterFields>, commits: RequestCommits) {
    this.inner = inner;
    this.commits = commits;
  }

  get id(): string {
    return this.inner.id ?? "";
  }

  get status(): SessionStatus {
    return this.inner.status;
  }

  get userId(): string | undefined {
    return this.inner.userId;
  }

  get data(): RouterFields {
    const data = this.inner.all() as RouterFields;
    for (const [name, value] of Object.entries(draftOf(this.inner).flashes())) data[`__flash_${name}__`] = value;
    return data;
  }

  get isChanged(): boolean {
    return draftOf(this.inner).isChanged;
  }

  has(name: string): boolean {
    return draftOf(this.inner).has(name);
  }

  get(name: string): unknown {
    const draft = draftOf(this.inner);
    const isFlashed = draft.hasFlash(name);
    const value = draft.get(name);
    if (typeof value !== "object" || value === null) return value;
    const known = isFlashed ? undefined : this.#copies.get(name);
    if (known) return known.value;
    const text = codec.encode(value);
    const copy = { value: codec.decode(text) as object, text };
    if (!isFlashed) this.#copies.set(name, copy);
    return copy.value;
  }

  set(name: string, value: unknown): void {
    this.#copies.delete(name);
    if (value === undefined) this.inner.unset(name);
    else this.inner.set(name, value);
  }

  flash(name: string, value: unknown): void {
    this.inner.flash(name, value);
  }

  unset(name: string): void {
    this.#copies.delete(name);
    this.inner.unset(name);
  }

  signIn(userId: string, options?: { readonly device?: string }): void {
    // They are part of what is kept, or belong to another user.
    this.recordChangesInPlace();
    this.inner.signIn(userId, options);
  }

  signOut(): void {
    this.#copies.clear();
    this.inner.signOut();
  }

  rotate(): void {
    this.inner.rotate();
  }

  recordChangesInPlace(): void {
    for (const [name, { value, text }] of this.#copies) {
      if (codec.encode(value) !== text) this.inner.set(name, value);
    }
    this.#copies.clear();
  }
}
