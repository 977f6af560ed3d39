import { randomText } from "@holdfast/core";

/** 132 bits: nobody finds a second user id with the same tag. */
export const TAG_CHARACTERS: number = 22;
const HANDLE_CHARACTERS = 16;
/** 258 bits. */
const SECRET_CHARACTERS = 43;
const HANDLE_END = TAG_CHARACTERS + HANDLE_CHARACTERS;
const FORM = new RegExp(`^[A-Za-z0-9_-]{${HANDLE_END + SECRET_CHARACTERS}}$`);

/** What a cookie holds: whoever has it has the session. */
export interface Token {
  /** All of it. Never stored, logged or put into an error. */
  readonly text: string;
  /** What the sessions of one user have in common, so that a cluster keeps them in one slot. */
  readonly tag: string;
  /** The session's public name. */
  readonly handle: string;
}

/** @param tag The user's; a session without a user has one of its own. */
export function createToken(tag: string = randomText(TAG_CHARACTERS)): Token {
  return withSecret({ tag, handle: randomText(HANDLE_CHARACTERS) });
}

/** Another token for the same session. */
export function renewToken(token: Token): Token {
  return withSecret(token);
}

/** @returns `undefined` for what cannot be a token, whatever a client sent. */
export function parseToken(text: string): Token | undefined {
  if (!FORM.test(text)) return undefined;
  return { text, tag: text.slice(0, TAG_CHARACTERS), handle: text.slice(TAG_CHARACTERS, HANDLE_END) };
}

function withSecret({ tag, handle }: Pick<Token, "tag" | "handle">): Token {
  return { text: tag + handle + randomText(SECRET_CHARACTERS), tag, handle };
}
