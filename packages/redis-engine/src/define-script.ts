import type { RedisReply } from "./redis-transport.ts";

/** One Lua script: what it touches, what it takes, how its reply reads. */
export interface Script<Keys extends readonly string[], Args extends readonly (string | number)[], Reply> {
  /** As in `"kv.increment"`; names the operation in errors. */
  readonly name: string;
  readonly lua: string;
  readonly decode: (reply: RedisReply) => Reply;
  /** Whether sending it again after a lost reply is safe. */
  readonly repeat: "repeatable" | "once";
  /** The SHA-1 of `lua` in hex once it is known; until then the script is sent whole, which also loads it. */
  digest: string | undefined;
  /** Only types. */
  readonly signature?: { keys: Keys; args: Args };
}

/** Declares a script. Its digest is computed once, in the background, by Web Crypto. */
export function defineScript<
  Keys extends readonly string[],
  Args extends readonly (string | number)[],
  Reply,
>(definition: {
  readonly name: string;
  readonly repeat: "repeatable" | "once";
  readonly lua: string;
  readonly decode: (reply: RedisReply) => Reply;
}): Script<Keys, Args, Reply> {
  return { ...definition, digest: undefined };
}

/** Computes and keeps the script's digest. A runtime without Web Crypto goes on sending the script whole. */
export async function learnDigest(script: { readonly lua: string; digest: string | undefined }): Promise<void> {
  const bytes = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(script.lua));
  script.digest = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
