/** What a session's cookie led to. */
export type SessionStatus =
  /** There is a session. */
  | "active"
  /** The request came without a cookie. */
  | "new"
  /** It ended by itself, unused for too long or at its age limit. */
  | "expired"
  /** It was ended: signed out, revoked here or elsewhere, or a replaced token was used late. */
  | "revoked"
  /** It, or its token, was replaced; the browser has a newer cookie, or gets one. What is changed here is discarded. */
  | "replaced"
  /** No session has this token; one without a user may have expired. */
  | "unknown"
  /** It cannot be a token. */
  | "tampered"
  /** The store did not answer, and `onStoreError` is `"anonymous"`. */
  | "unavailable";

/** Names of fields that hold numbers. */
export type NumberField<Data> = {
  [Field in keyof Data]-?: NonNullable<Data[Field]> extends number ? Field : never;
}[keyof Data] &
  string;

/** A session that can be looked at: what rendering gets. */
export interface ReadonlySession<Data extends object> {
  /** Its public name, fit for lists of devices and for logs; `undefined` while there is none. Never the token. */
  readonly id: string | undefined;
  /** No session was found: what is changed begins a new one. */
  readonly isNew: boolean;
  readonly status: SessionStatus;
  /** Who is signed in. */
  readonly userId: string | undefined;
  /** The value of a field; `undefined` if it is missing. Objects are frozen: to change one, `set` another. */
  get<Field extends keyof Data & string>(field: Field): Data[Field] | undefined;
  /** All fields, in an object without a prototype. Flashed ones are not among them. */
  all(): Partial<Data>;
  /** A token for forms, bound to this session; another text each time. Empty for a visitor, who has nothing to forge. */
  csrfToken(): Promise<string>;
}

/**
 * One request's view of a session. Reads and changes are synchronous on what was loaded; changes are recorded, and
 * `commit` sends them.
 */
export interface Session<Data extends object> extends ReadonlySession<Data> {
  /**
   * @throws {SerializationError} The value cannot be stored.
   * @throws {InvalidKeyError} The field's name is empty, too long, or `__proto__`.
   */
  set<Field extends keyof Data & string>(field: Field, value: Exclude<Data[Field], undefined>): void;
  unset(field: keyof Data & string): void;
  /**
   * Adds to a whole number; a missing field counts as 0. Requests that add at the same time all count.
   *
   * @param by A whole number. @default 1
   * @returns The value as this request sees it.
   * @throws {RangeError} `by`, or the sum, is not a whole number within ±(2^53 − 1).
   * @throws {WrongTypeError} The field holds something else.
   */
  increment(field: NumberField<Data>, by?: number): number;
  /** Sets a field that disappears when it is read. */
  flash<Field extends keyof Data & string>(field: Field, value: Exclude<Data[Field], undefined>): void;
  /**
   * Says who this is from now on. The token is replaced, and the old one is worthless at once; data is kept, unless
   * another user was signed in.
   *
   * @throws {InvalidKeyError} The user's id is not a string, empty, or longer than 1,024 bytes.
   */
  signIn(userId: string, options?: { readonly device?: string }): void;
  /** Ends the session, with its data. What is set afterwards begins a new one. */
  signOut(): void;
  /** Replaces the token. For a moment the old one still reads, for requests that are under way. */
  rotate(): void;
  /** Ends the session, and everything that was recorded. */
  destroy(): void;
}
