import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { CACHE_LUA } from "./lua.ts";

/**
 * Stores values whose leases still hold, and frees the leases.
 *
 * KEYS for each fill: entry, lease, bucket, its tags' versions where they are in this slot, then the epoch and the
 * late tags' versions where there are late tags in this slot.
 * ARGV for each fill: token, start in milliseconds, versions joined by commas, TTL in milliseconds or "forever",
 * versions' TTL likewise, number of tag keys, number of late tags, epoch as captured, wake channel (or empty),
 * wake message, text.
 * Reply for each fill: 1 stored, 0 not.
 */
export const fill: Script<string[], (string | number)[], readonly RedisReply[]> = defineScript({
  name: "cache.fill",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
local replies, k, a = {}, 1, 1
while k <= #KEYS do
  local entry, lease = KEYS[k], KEYS[k + 1]
  local token, started, versions, ttl, version_ttl = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  local tags, late, epoch = tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6]), ARGV[a + 7]
  local channel, message, text = ARGV[a + 8], ARGV[a + 9], ARGV[a + 10]
  local held = redis.call('GET', lease)
  local state = held and string.sub(held, 17, 17)
  local stored = 0
  if held and string.sub(held, 1, 16) == token and state ~= '!' then
    if late == 0 or redis.call('GET', KEYS[k + 3 + tags]) == epoch then
      for i = 0, tags do prolong(KEYS[k + 2 + i], version_ttl) end
      for i = 1, late do versions = versions .. ',' .. version_of(KEYS[k + 3 + tags + i], token, version_ttl) end
      set(entry, token .. ' ' .. started .. ' ' .. now_ms() .. ' ' .. versions .. '\\n' .. text, ttl)
      stored = 1
    end
    end_lease(lease, held, channel, message)
  elseif redis.call('GETRANGE', entry, 0, 15) == token then
    stored = 1
  end
  replies[#replies + 1] = stored
  k = k + 3 + tags
  if late > 0 then k = k + 1 + late end
  a = a + 11
end
return replies`,
  decode: (reply) => reply as readonly RedisReply[],
});
