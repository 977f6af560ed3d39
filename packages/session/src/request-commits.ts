import type { Draft } from "./draft.ts";
import type { Live } from "./origin.ts";
import type { Session } from "./session.ts";
import { draftOf } from "./session-view.ts";

/**
 * The commits of one request's parts, each of which has loaded the session for itself. They happen one after the other,
 * and each goes on from where the one before has brought the session: two parts of a new visitor's request would else
 * begin two sessions, and one that commits after another's sign-in would come too late.
 */
export class RequestCommits {
  /** The session that the first commit found, and did not end. */
  #found: Live | undefined;
  /** The session as the last commit left it. */
  #left: Live | undefined;
  #last: Promise<unknown> = Promise.resolve();

  inTurn<T, Data extends object>(session: Session<Data>, commit: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#run(draftOf(session), commit));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #run<T>(draft: Draft, commit: () => Promise<T>): Promise<T> {
    if (this.#left && this.#mayFollow(draft)) draft.rebase(this.#left);
    const { live: found } = draft;
    const result = await commit();
    if (!draft.live) return result;
    if (!this.#left) this.#found = found;
    this.#left = draft.live;
    return result;
  }

  /** Not from a session that another part has ended. */
  #mayFollow({ origin }: Draft): boolean {
    if (origin.kind === "live") return origin.digest === this.#found?.digest;
    return !this.#found && origin.kind !== "unavailable" && !(origin.kind === "dead" && origin.isLate);
  }
}
