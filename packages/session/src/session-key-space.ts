import { assertKey, createKeySpace, type SessionKeys } from "@holdfast/core";
import { sha256 } from "./sha256.ts";
import { TAG_CHARACTERS, type Token } from "./token.ts";

/** The stored keys of a namespace's sessions. Those of one user share a hash tag, and so a slot on a cluster. */
export class SessionKeySpace {
  readonly #prefix: string;

  /** @throws {InvalidKeyError} The namespace is not one. */
  constructor(namespace: string) {
    this.#prefix = createKeySpace("s", namespace).prefix;
  }

  keysOf({ tag, handle }: Pick<Token, "tag" | "handle">): SessionKeys {
    return { session: `${this.#prefix}{${tag}}:${handle}`, ...this.userKeysOf(tag) };
  }

  userKeysOf(tag: string): Pick<SessionKeys, "index" | "epoch"> {
    return { index: `${this.#prefix}{${tag}}:index`, epoch: `${this.#prefix}{${tag}}:epoch` };
  }

  /** The public name of the session that is stored under a key. */
  handleOf(sessionKey: string): string {
    return sessionKey.slice(sessionKey.lastIndexOf(":") + 1);
  }

  /** @throws {InvalidKeyError} The user's id is not a string, empty, or longer than 1,024 bytes. */
  async tagOf(userId: string): Promise<string> {
    assertKey(userId, "user id");
    return (await sha256(`user:${userId}`)).slice(0, TAG_CHARACTERS);
  }
}
