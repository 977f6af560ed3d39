import type {
  CallOptions,
  SessionCommit,
  SessionCommitResult,
  SessionCreation,
  SessionKeys,
  SessionListing,
  SessionLoad,
  SessionLoadResult,
  SessionReplacement,
  SessionStore,
} from "@holdfast/core";
import type { RedisCommands } from "../redis-commands.ts";
import { decodeTexts } from "../replies.ts";
import { commitArguments, commit as commitScript } from "./commit-script.ts";
import { create as createScript, creationArguments } from "./create-script.ts";
import { listingsOf, list as listScript } from "./list-script.ts";
import { load as loadScript } from "./load-script.ts";
import { remove as removeScript } from "./remove-script.ts";
import { cede, replace as replaceScript, takeBack } from "./replace-scripts.ts";
import { revokeAll as revokeAllScript } from "./revoke-all-script.ts";

/** The session port in Redis scripts. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisCommands;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  load({ keys, digest, idleMs, throttleMs }: SessionLoad, options?: CallOptions): Promise<SessionLoadResult> {
    return this.#redis.run(loadScript, inOrder(keys), [keys.session, digest, idleMs, throttleMs ?? ""], options);
  }

  create(creation: SessionCreation, options?: CallOptions): Promise<boolean> {
    return this.#redis.run(createScript, inOrder(creation.keys), creationArguments(creation), options);
  }

  commit(commit: SessionCommit, options?: CallOptions): Promise<SessionCommitResult> {
    const { session, epoch } = commit.keys;
    return this.#redis.run(commitScript, [session, epoch], commitArguments(commit), options);
  }

  replace(replacement: SessionReplacement, options?: CallOptions): Promise<"replaced" | "conflict" | "gone"> {
    const { previous, next } = replacement;
    const { slotOf } = this.#redis.transport;
    if (slotOf && slotOf(previous.keys.session) !== slotOf(next.keys.session)) {
      return this.#replaceElsewhere(replacement, options);
    }
    return this.#redis.run(
      replaceScript,
      [...inOrder(previous.keys), ...inOrder(next.keys)],
      [previous.keys.session, previous.digest, previous.version, ...creationArguments(next)],
      options,
    );
  }

  remove(keys: SessionKeys, options?: CallOptions): Promise<boolean> {
    return this.#redis.run(removeScript, inOrder(keys), [keys.session], options);
  }

  async list({ index, epoch }: Pick<SessionKeys, "index" | "epoch">, options?: CallOptions): Promise<SessionListing[]> {
    const members = await this.#redis.call(["ZRANGE", index, 0, -1], decodeTexts, "repeatable", options);
    const sessions = members.filter((member) => member !== undefined);
    if (sessions.length === 0) return [];
    return listingsOf(sessions, await this.#redis.run(listScript, [epoch, ...sessions], [], options));
  }

  revokeAll(
    { index, epoch: key }: Pick<SessionKeys, "index" | "epoch">,
    epoch: string,
    except: string | undefined,
    options?: CallOptions,
  ): Promise<void> {
    const keys = except === undefined ? [index, key] : [index, key, except];
    return this.#redis.run(revokeAllScript, keys, [epoch, except ?? ""], options);
  }

  /**
   * On a cluster, where no script reaches both sessions. The next one comes first: whatever fails afterwards, the
   * visitor still has a session.
   */
  async #replaceElsewhere(
    { previous, next }: SessionReplacement,
    options?: CallOptions,
  ): Promise<"replaced" | "conflict" | "gone"> {
    if (!(await this.create(next, options))) return "conflict";
    const { keys, digest, version } = previous;
    const outcome = await this.#redis.run(cede, inOrder(keys), [keys.session, digest, version, next.digest], options);
    if (outcome !== "replaced") {
      await this.#redis.run(takeBack, [next.keys.session, next.keys.index], [next.keys.session, next.digest], options);
    }
    return outcome;
  }
}

function inOrder({ session, index, epoch }: SessionKeys): [session: string, index: string, epoch: string] {
  return [session, index, epoch];
}
