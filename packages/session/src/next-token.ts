import type { Draft } from "./draft.ts";
import type { SessionKeySpace } from "./session-key-space.ts";
import { createToken, renewToken, type Token } from "./token.ts";

/** The token that a session has after its next commit; made once, so that what is derived from it before holds then. */
export async function nextToken(draft: Draft, keys: SessionKeySpace): Promise<Token> {
  if (draft.next) return draft.next;
  const { live, rotates, signingIn } = draft;
  if (signingIn) {
    const { userId } = signingIn;
    draft.next = userId === undefined ? createToken() : createToken(await keys.tagOf(userId));
  } else if (live) draft.next = rotates ? renewToken(live.token) : live.token;
  else draft.next = createToken();
  return draft.next;
}
