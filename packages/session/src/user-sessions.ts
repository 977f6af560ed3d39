import { ConfigurationError } from "@holdfast/core";
import type { SessionContext } from "./context.ts";
import type { Draft } from "./draft.ts";
import { createEpoch } from "./nonces.ts";

/** One of a user's sessions, for a page of devices. */
export interface UserSession {
  /** The session's public name, for `revoke`. */
  readonly id: string;
  /** What `signIn` was told. */
  readonly device: string | undefined;
  readonly createdAt: Date;
  /** As exact as `touchThrottle`. */
  readonly lastSeenAt: Date;
  /** When it ends at the latest. */
  readonly endsAt: Date;
  /** Whether it is the one that was named. */
  readonly current: boolean;
}

const HANDLE = /^[A-Za-z0-9_-]{16}$/;

/** What concerns all sessions of one user. */
export class UserSessions<Data extends object> {
  readonly #context: SessionContext<Data>;

  constructor(context: SessionContext<Data>) {
    this.#context = context;
  }

  async list(userId: string, current: Draft | undefined): Promise<UserSession[]> {
    const { store, keys } = this.#context;
    const listings = await store.list(keys.userKeysOf(await keys.tagOf(userId)), this.#context.bounds);
    return listings.map(({ session, device, createdAtMs, lastSeenAtMs, deadlineMs }) => {
      const id = keys.handleOf(session);
      return {
        id,
        device,
        createdAt: new Date(createdAtMs),
        lastSeenAt: new Date(lastSeenAtMs),
        endsAt: new Date(deadlineMs),
        current: current?.live?.token.handle === id,
      };
    });
  }

  async revoke(userId: string, id: string): Promise<boolean> {
    const { store, keys, emit } = this.#context;
    const tag = await keys.tagOf(userId);
    if (!HANDLE.test(id)) return false;
    const revoked = await store.remove(keys.keysOf({ tag, handle: id }), this.#context.bounds);
    if (revoked) emit?.({ type: "revoked", id, userId });
    return revoked;
  }

  async revokeAll(userId: string, except: Draft | undefined): Promise<void> {
    const { store, keys, emit } = this.#context;
    const tag = await keys.tagOf(userId);
    const live = except?.live;
    if (except && live?.record.userId !== userId) {
      throw new ConfigurationError(
        "revokeAll({ except }) takes a session of the same user. Check who is signed in there.",
      );
    }
    const kept = live && keys.keysOf(live.token).session;
    await store.revokeAll(keys.userKeysOf(tag), createEpoch(), kept, this.#context.bounds);
    emit?.({ type: "revokedAll", userId, exceptId: live?.token.handle });
  }
}
