import { defineScript, type Script } from "../define-script.ts";
import { decodeFlag } from "../replies.ts";

/**
 * Takes a key's TTL away. PERSIST alone does not tell a missing key from one that had no TTL.
 * KEYS[1] key · reply 1 the key exists, 0 it does not
 */
export const persist: Script<[key: string], [], boolean> = defineScript({
  name: "kv.touch",
  repeat: "repeatable",
  lua: `
local key = KEYS[1]
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('PERSIST', key)
return 1`,
  decode: decodeFlag,
});
