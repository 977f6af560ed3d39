import type { Draft } from "./draft.ts";
import { nextToken } from "./next-token.ts";
import type { SessionKeySpace } from "./session-key-space.ts";
import { toBase64Url } from "./sha256.ts";
import type { Token } from "./token.ts";

const PURPOSE = new TextEncoder().encode("holdfast csrf 1");
const MAC_BYTES = 32;
/** Mask and masked code, in base64url. */
const FORM = /^[A-Za-z0-9_-]{86}$/;

/**
 * A token for forms: an HMAC of the session's own token, so that nothing is stored. It is masked with random bytes, or
 * compressed pages that repeat what a visitor sent would give it away (BREACH).
 *
 * @returns An empty text for a visitor without a session.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export async function csrfTokenOf(draft: Draft, keys: SessionKeySpace): Promise<string> {
  const hasSession = draft.live || draft.signingIn || draft.fields.isChanged;
  if (!hasSession) return "";
  const code = await codeOf(await nextToken(draft, keys));
  const mask = crypto.getRandomValues(new Uint8Array(MAC_BYTES));
  return toBase64Url(new Uint8Array([...mask, ...code.map((byte, index) => byte ^ mask[index]!)]));
}

/**
 * Whether a request was sent by a page of this site: for a session, by its token; for a visitor, who has none, by what
 * the browser says of the page. A client that says nothing is no browser, so nobody misuses its cookies.
 */
export async function isFromOurPage({ live, facts }: Draft, token: unknown): Promise<boolean> {
  if (!live) return facts.isSameOrigin !== false;
  if (typeof token !== "string" || !FORM.test(token)) return false;
  const bytes = fromBase64Url(token);
  const code = await codeOf(live.token);
  let difference = 0;
  for (let index = 0; index < MAC_BYTES; index += 1) {
    difference |= code[index]! ^ bytes[index]! ^ bytes[index + MAC_BYTES]!;
  }
  return difference === 0;
}

async function codeOf({ text }: Token): Promise<Uint8Array> {
  const secret = new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, PURPOSE));
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
