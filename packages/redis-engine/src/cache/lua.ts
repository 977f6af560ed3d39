/**
 * Shared by the cache's scripts. A lease is its token (16 characters), a state (space: computing, "+": computing
 * and somebody waits, "!": failed), and the versions that it computes under, joined by commas. An entry is one
 * line and then its text; the line is its token, start, time of writing (13 digits each) and versions.
 */
export const CACHE_LUA = `
local function now_ms()
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
local function set(key, text, ttl)
  if ttl == 'forever' then redis.call('SET', key, text) else redis.call('SET', key, text, 'PX', ttl) end
end
local function prolong(key, ttl)
  local left = redis.call('PTTL', key)
  if left < 0 then return end
  if ttl == 'forever' then redis.call('PERSIST', key)
  elseif left < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
end
local function version_of(key, fresh, ttl)
  local version = redis.call('GET', key)
  if not version then
    set(key, fresh, ttl)
    return fresh
  end
  prolong(key, ttl)
  return version
end
local function end_lease(lease, held, wake_channel, wake_message)
  redis.call('DEL', lease)
  if wake_channel ~= '' and string.sub(held, 17, 17) == '+' then redis.call('PUBLISH', wake_channel, wake_message) end
end
`;
