import { defineScript, type Script } from "../define-script.ts";
import { decodeNumber } from "../replies.ts";
import { COUNTING_LUA } from "./counting.ts";

/**
 * Adds to a counter; gives it a TTL if this creates it; refuses to leave the range of safe integers.
 * KEYS[1] counter · ARGV[1] by, a safe integer · ARGV[2] TTL in milliseconds, or "forever" · reply the count as text
 */
export const increment: Script<[counter: string], [by: number, ttlMs: number | "forever"], number> = defineScript({
  name: "kv.increment",
  repeat: "once",
  lua: `${COUNTING_LUA}
local counter, by, ttl = KEYS[1], ARGV[1], ARGV[2]
local existed = redis.call('EXISTS', counter) == 1
local count = redis.call('INCRBY', counter, by)
if not is_exact(count) then
  if not existed then redis.call('DEL', counter)
  elseif by ~= '0' then redis.call('INCRBY', counter, negated(by)) end
  return overflow()
end
if not existed and ttl ~= 'forever' then redis.call('PEXPIRE', counter, ttl) end
return string.format('%.0f', count)`,
  decode: decodeNumber,
});
