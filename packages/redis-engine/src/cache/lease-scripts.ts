import { defineScript, type Script } from "../define-script.ts";
import { decodeFlag, decodeNothing } from "../replies.ts";
import { CACHE_LUA } from "./lua.ts";

/**
 * Prolongs a lease that still holds.
 * KEYS[1] lease · ARGV[1] token · ARGV[2] TTL in milliseconds · reply 1 prolonged, 0 void
 */
export const renew: Script<[lease: string], [token: string, ttlMs: number], boolean> = defineScript({
  name: "cache.renew",
  repeat: "repeatable",
  lua: `
local lease, token, ttl = KEYS[1], ARGV[1], ARGV[2]
local held = redis.call('GETRANGE', lease, 0, 16)
if string.sub(held, 1, 16) ~= token or string.sub(held, 17, 17) == '!' then return 0 end
return redis.call('PEXPIRE', lease, ttl)`,
  decode: decodeFlag,
});

/**
 * Frees a lease that still holds, or keeps its failure for those who wait.
 * KEYS[1] lease · ARGV[1] token · ARGV[2] failure's TTL in milliseconds, or 0 · ARGV[3] wake channel (or empty) ·
 * ARGV[4] wake message · no reply
 */
export const release: Script<
  [lease: string],
  [token: string, failureTtlMs: number, wakeChannel: string, wakeMessage: string],
  void
> = defineScript({
  name: "cache.release",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
local lease, token, failure_ttl, channel, message = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local held = redis.call('GET', lease)
if not held or string.sub(held, 1, 16) ~= token then return 0 end
end_lease(lease, held, channel, message)
if failure_ttl > 0 then redis.call('SET', lease, token .. '!', 'PX', failure_ttl) end
return 1`,
  decode: decodeNothing,
});
