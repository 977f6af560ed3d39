import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { CACHE_LUA } from "./lua.ts";
import { ENTRY_HEAD_CHARACTERS } from "./stored-entry.ts";

/**
 * Takes leases, or returns entries that the callers have not seen. Text that is no entry, of another program say,
 * counts as missing, as it does when it is read.
 *
 * KEYS for each claim: entry, lease, bucket, then its tags' versions and the epoch where they are in this slot.
 * ARGV for each claim: token, lease TTL in milliseconds, versions' TTL in milliseconds or "forever", entry seen (or
 * empty), lease waited for (or empty), number of tag keys, 1 if the epoch's key is given, tag versions joined by commas
 * where they are in other slots (or empty).
 * Reply for each claim, one of: "entry", its text, versions… (nil if missing) · "granted", now in milliseconds,
 * versions… · "held", token, remaining milliseconds · "failed". Versions are the bucket's, the tags', the epoch.
 */
export const claim: Script<string[], (string | number)[], readonly RedisReply[]> = defineScript({
  name: "cache.claim",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
local replies, k, a = {}, 1, 1
while k <= #KEYS do
  local entry, lease, bucket = KEYS[k], KEYS[k + 1], KEYS[k + 2]
  local token, lease_ttl, version_ttl, seen, waited_for = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  local tags, epochs, given = tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6]), ARGV[a + 7]
  local reply
  local id = redis.call('GETRANGE', entry, 0, 15)
  local text = id ~= '' and id ~= seen and redis.call('GET', entry)
  if text and (string.find(text, '\\n', 1, true) or 0) > ${ENTRY_HEAD_CHARACTERS} then
    reply = {'entry', text, redis.call('GET', bucket)}
    for i = 1, tags do reply[#reply + 1] = redis.call('GET', KEYS[k + 2 + i]) end
  else
    local versions = {version_of(bucket, token, version_ttl)}
    for i = 1, tags do versions[i + 1] = version_of(KEYS[k + 2 + i], token, version_ttl) end
    local recorded = table.concat(versions, ',') .. ',' .. given
    local held = redis.call('GET', lease)
    local holder, state = '', ''
    if held then holder, state = string.sub(held, 1, 16), string.sub(held, 17, 17) end
    if state == '!' and holder == waited_for then
      reply = {'failed'}
    elseif held and state ~= '!' and holder ~= token and string.sub(held, 18) == recorded then
      if state == ' ' then redis.call('SETRANGE', lease, 16, '+') end
      reply = {'held', holder, redis.call('PTTL', lease)}
    else
      redis.call('SET', lease, token .. ' ' .. recorded, 'PX', lease_ttl)
      reply = {'granted', now_ms()}
      for i = 1, #versions do reply[#reply + 1] = versions[i] end
      if epochs == 1 then reply[#reply + 1] = version_of(KEYS[k + 3 + tags], token, version_ttl) end
    end
  end
  replies[#replies + 1] = reply
  k = k + 3 + tags + epochs
  a = a + 8
end
return replies`,
  decode: (reply) => reply as readonly RedisReply[],
});
