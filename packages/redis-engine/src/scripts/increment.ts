import { defineScript, type Script } from "../define-script.ts";
import { OVERFLOW_REPLY } from "../failures.ts";
import { decodeNumber } from "../replies.ts";

/**
 * Adds to a counter; gives it a TTL if this creates it; refuses to leave the range of safe integers.
 * KEYS[1] counter · ARGV[1] by, a safe integer · ARGV[2] TTL in milliseconds, or "forever" · reply the count
 */
export const increment: Script<[counter: string], [by: number, ttlMs: number | "forever"], number> = defineScript({
  name: "kv.increment",
  repeat: "once",
  lua: `
local counter, by, ttl = KEYS[1], ARGV[1], ARGV[2]
local before = redis.call('GET', counter)
local sum = (tonumber(before or '0') or 0) + tonumber(by)
if sum > 9007199254740991 or sum < -9007199254740991 then return redis.error_reply('${OVERFLOW_REPLY}') end
local count = redis.call('INCRBY', counter, by)
if not before and ttl ~= 'forever' then redis.call('PEXPIRE', counter, ttl) end
return count`,
  decode: decodeNumber,
});
