import { defineScript, type Script } from "../define-script.ts";
import { decodeNumber } from "../replies.ts";
import { COUNTING_LUA } from "./counting.ts";

/**
 * Adds to one field of a hash; gives the hash a TTL if this creates it; refuses to leave the range of safe integers.
 * KEYS[1] hash · ARGV[1] field · ARGV[2] by, a safe integer · ARGV[3] TTL in milliseconds, or "forever" ·
 * reply the count as text
 */
export const hashIncrement: Script<[hash: string], [field: string, by: number, ttlMs: number | "forever"], number> =
  defineScript({
    name: "kv.hashIncrement",
    repeat: "once",
    lua: `${COUNTING_LUA}
local hash, field, by, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local existed = redis.call('EXISTS', hash) == 1
local had_field = redis.call('HEXISTS', hash, field) == 1
local count = redis.call('HINCRBY', hash, field, by)
if not is_exact(count) then
  if not had_field then redis.call('HDEL', hash, field)
  elseif by ~= '0' then redis.call('HINCRBY', hash, field, negated(by)) end
  return overflow()
end
if not existed and ttl ~= 'forever' then redis.call('PEXPIRE', hash, ttl) end
return string.format('%.0f', count)`,
    decode: decodeNumber,
  });
