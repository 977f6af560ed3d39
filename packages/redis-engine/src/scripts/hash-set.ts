import { defineScript, type Script } from "../define-script.ts";
import { decodeNothing } from "../replies.ts";

/**
 * Writes fields and sets the whole hash's TTL.
 * KEYS[1] hash · ARGV[1] TTL in milliseconds, or "forever" · ARGV[2…] field and value in turn · no reply
 */
export const hashSet: Script<[hash: string], [ttlMs: number | "forever", ...fieldsAndValues: string[]], void> =
  defineScript({
    name: "kv.hashSet",
    repeat: "repeatable",
    lua: `
local hash, ttl = KEYS[1], ARGV[1]
for i = 2, #ARGV, 2 do redis.call('HSET', hash, ARGV[i], ARGV[i + 1]) end
if ttl == 'forever' then redis.call('PERSIST', hash) else redis.call('PEXPIRE', hash, ttl) end
return 1`,
    decode: decodeNothing,
  });
