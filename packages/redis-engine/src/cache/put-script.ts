import { defineScript, type Script } from "../define-script.ts";
import { decodeNothing } from "../replies.ts";
import { CACHE_LUA } from "./lua.ts";

/**
 * Stores values under the versions that are current, ends the leases of computations under way, then says so on the bus.
 *
 * KEYS for each put: entry, lease, bucket, then its tags' versions where they are in this slot.
 * ARGV[1] channel (or empty) · ARGV[2] message · ARGV for each put: token, TTL in milliseconds or "forever", versions' TTL likewise, number of tag keys, tag
 * versions joined by commas where they are in other slots (or empty), text. No reply.
 */
export const put: Script<string[], (string | number)[], void> = defineScript({
  name: "cache.put",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
local channel, message = ARGV[1], ARGV[2]
local now, k, a = now_ms(), 1, 3
while k <= #KEYS do
  local token, ttl, version_ttl, count, given, text = ARGV[a], ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3]), ARGV[a + 4], ARGV[a + 5]
  local versions = version_of(KEYS[k + 2], token, version_ttl)
  for i = 1, count do versions = versions .. ',' .. version_of(KEYS[k + 2 + i], token, version_ttl) end
  if given ~= '' then versions = versions .. ',' .. given end
  set(KEYS[k], token .. ' ' .. now .. ' ' .. now .. ' ' .. versions .. '\\n' .. text, ttl)
  redis.call('DEL', KEYS[k + 1])
  k = k + 3 + count
  a = a + 6
end
if channel ~= '' then redis.call('PUBLISH', channel, message) end
return 1`,
  decode: decodeNothing,
});
