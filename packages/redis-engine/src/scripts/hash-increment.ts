import { defineScript, type Script } from "../define-script.ts";
import { OVERFLOW_REPLY } from "../failures.ts";
import { decodeNumber } from "../replies.ts";

/**
 * Adds to one field of a hash; gives the hash a TTL if this creates it; refuses to leave the range of safe integers.
 * KEYS[1] hash · ARGV[1] field · ARGV[2] by, a safe integer · ARGV[3] TTL in milliseconds, or "forever" · reply the count
 */
export const hashIncrement: Script<[hash: string], [field: string, by: number, ttlMs: number | "forever"], number> =
  defineScript({
    name: "kv.hashIncrement",
    repeat: "once",
    lua: `
local hash, field, by, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local existed = redis.call('EXISTS', hash)
local before = redis.call('HGET', hash, field)
local sum = (tonumber(before or '0') or 0) + tonumber(by)
if sum > 9007199254740991 or sum < -9007199254740991 then return redis.error_reply('${OVERFLOW_REPLY}') end
local count = redis.call('HINCRBY', hash, field, by)
if existed == 0 and ttl ~= 'forever' then redis.call('PEXPIRE', hash, ttl) end
return count`,
    decode: decodeNumber,
  });
