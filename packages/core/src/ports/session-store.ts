import type { CallOptions } from "../call-options.ts";

/** Where a session lives, with what the sessions of its user share; on a cluster all in one slot. */
export interface SessionKeys {
  readonly session: string;
  /** The user's sessions. Sessions without a user are in none. */
  readonly index: string;
  /** A random text that the user's sessions were created under. Another one voids them all. */
  readonly epoch: string;
}

/** A presented token, to be looked up. */
export interface SessionLoad {
  readonly keys: SessionKeys;
  /** SHA-256 of the token's secret. */
  readonly digest: string;
  /** How long the session lives after it was used, in milliseconds. */
  readonly idleMs: number;
  /** The session's end is moved only if it thereby gains more than this, in milliseconds; `undefined`: not at all. */
  readonly throttleMs: number | undefined;
}

/** A field as it is stored. */
export interface SessionField {
  readonly text: string;
  /** The session's version when the field was written. */
  readonly version: number;
}

/** A session that is alive. */
export interface SessionRecord {
  readonly fields: ReadonlyMap<string, SessionField>;
  /** 1 when it was created, as are its fields' versions; one more with every commit. */
  readonly version: number;
  readonly userId: string | undefined;
  readonly device: string | undefined;
  /** In milliseconds of the store's clock, as the others. */
  readonly createdAtMs: number;
  /** When it ends however much it is used. */
  readonly deadlineMs: number;
  /** How long it lives from now on if it is not used, in milliseconds. */
  readonly remainingMs: number;
}

/** What a token leads to. */
export type SessionLoadResult =
  /** `superseded`: the token was replaced a moment ago; it may still read, and nothing else. */
  | { readonly kind: "active"; readonly record: SessionRecord; readonly superseded: boolean }
  /** Ended by itself. A session with a user is remembered for a day after its deadline. */
  | { readonly kind: "expired" }
  /** Ended by `remove`, by `revokeAll`, or because a replaced token was used after its grace. */
  | { readonly kind: "revoked" }
  /** Replaced by another session. */
  | { readonly kind: "replaced" }
  /** No session has such a token. One without a user may have expired. */
  | { readonly kind: "unknown" };

/** A session to be created. */
export interface SessionCreation {
  readonly keys: SessionKeys;
  readonly digest: string;
  readonly userId: string | undefined;
  readonly device: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
  readonly idleMs: number;
  /** How long the session lives at most, in milliseconds. */
  readonly absoluteMs: number;
  /** Becomes the user's epoch if there is none. 16 characters without white space. */
  readonly epoch: string;
}

/** A recorded change of one field. `seen` is the version of the field that was loaded; `undefined` if there was none. */
export type SessionChange =
  | { readonly kind: "set"; readonly field: string; readonly text: string; readonly seen: number | undefined }
  | { readonly kind: "unset"; readonly field: string; readonly seen: number | undefined }
  /** Adds to a whole number; a missing field counts as 0. Never conflicts. */
  | { readonly kind: "increment"; readonly field: string; readonly by: number };

/** Changes of one request, all or none of which are applied. */
export interface SessionCommit {
  readonly keys: SessionKeys;
  /** Of the token that the request came with. */
  readonly digest: string;
  /**
   * Unique to the commit: repeated, it is applied once, unless eight others came between. 8 characters of ASCII without
   * white space.
   */
  readonly id: string;
  /** Applied in order. */
  readonly changes: readonly SessionChange[];
  /** How long the session lives from now on if it is not used, in milliseconds; `undefined`: its end is not moved. */
  readonly idleMs?: number | undefined;
  /**
   * The token is replaced; the old one reads for `graceMs` more. Used after that, it ends the session. Once its successor
   * is replaced too, it is unknown.
   */
  readonly rotation?: { readonly digest: string; readonly graceMs: number } | undefined;
}

/** What became of a commit. */
export type SessionCommitResult =
  /** `numbers` are the values after each increment, in order; those of the present if the commit was a repeated one. */
  | { readonly kind: "committed"; readonly version: number; readonly numbers: readonly number[] }
  /** Nothing was applied: others have changed these fields since they were loaded. */
  | { readonly kind: "conflict"; readonly fields: readonly string[] }
  /** Nothing was applied: these fields hold no whole number, or the sum is beyond ±(2^53 − 1). */
  | { readonly kind: "notANumber"; readonly fields: readonly string[] }
  /** Nothing was applied: the session has ended, or the token was replaced. */
  | { readonly kind: "gone" };

/** A session that another one is to take the place of. */
export interface SessionReplacement {
  readonly previous: {
    readonly keys: SessionKeys;
    readonly digest: string;
    /** As loaded: what was committed since would be lost. */
    readonly version: number;
  };
  readonly next: SessionCreation;
}

/** One of a user's sessions. */
export interface SessionListing {
  /** The session's key. */
  readonly session: string;
  readonly device: string | undefined;
  readonly createdAtMs: number;
  /** When its end was moved last, in milliseconds of the store's clock. */
  readonly lastSeenAtMs: number;
  readonly deadlineMs: number;
}

/**
 * What sessions need of a store. Keys are complete stored keys, digests never authenticate by themselves, and times
 * come from the store's clock. Every method is one round trip unless it says otherwise, and safe to repeat.
 *
 * A session is alive while neither its idle time nor its absolute deadline has passed, and while its user's epoch, if
 * it has a user, is the one that it was created under: an epoch that is missing or another one ends it. Only `create`
 * and `replace` bring a session into being; no other method does, whatever it finds. How a session was ended is
 * remembered for what was left of its idle time, for a minute at least, and not beyond its deadline.
 *
 * @throws {BackendUnavailableError} The store did not answer.
 * @throws {BackendTimeoutError} As above, after `timeoutMs`.
 */
export interface SessionStore {
  /** Looks a token up and moves its session's end, never beyond the deadline. A token that is not the session's changes nothing, save one that was used after its grace. */
  load(load: SessionLoad, options?: CallOptions): Promise<SessionLoadResult>;
  /** @returns Whether it was created; `false` if the key is taken, also by what is remembered of a session. */
  create(creation: SessionCreation, options?: CallOptions): Promise<boolean>;
  /** Applies changes to what others have not changed meanwhile, and moves the session's end if it is told to. */
  commit(commit: SessionCommit, options?: CallOptions): Promise<SessionCommitResult>;
  /**
   * Creates `next` and ends `previous`, or does neither. On a cluster with sessions in different slots it is two trips,
   * at whose failure both may exist.
   *
   * @returns `"conflict"` if `previous` was changed since it was loaded, or if the key of `next` is taken; `"gone"` if
   * `previous` has ended, or its token was replaced.
   */
  replace(replacement: SessionReplacement, options?: CallOptions): Promise<"replaced" | "conflict" | "gone">;
  /** Ends a session. @returns Whether it was alive; `false` if it was this that was repeated. */
  remove(keys: SessionKeys, options?: CallOptions): Promise<boolean>;
  /** The user's sessions that are alive, the oldest first. Two round trips. */
  list(keys: Pick<SessionKeys, "index" | "epoch">, options?: CallOptions): Promise<SessionListing[]>;
  /**
   * Ends all sessions of a user, but for one. Does nothing where there is no epoch: no session is alive.
   *
   * @param epoch The new one. 16 characters without white space.
   * @param except The key of a session that lives on.
   */
  revokeAll(
    keys: Pick<SessionKeys, "index" | "epoch">,
    epoch: string,
    except: string | undefined,
    options?: CallOptions,
  ): Promise<void>;
}
