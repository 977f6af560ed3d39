/**
 * Shared by the session's scripts. Times are in milliseconds.
 *
 * A session is a hash whose names are short, since they travel with every load: `v` version, `k` digest of the token,
 * `p` digest of the token before it, `g` when that one's grace ends, `u` user, `e` epoch, `n` device, `c` creation, `x`
 * deadline, `s` when its end was moved last, `l` the ids of its last eight commits without separators. Names of fields
 * begin with a colon; their values are version, colon, text. What has ended leaves a tombstone: a hash with `z`
 * ("revoked" or "replaced") and, if it was replaced, `r` (the digest of what replaced it).
 *
 * The index is a sorted set of the user's sessions by deadline. Members are keys as the store was given them, not as
 * KEYS has them: there, a client's prefix may come first.
 */
export const SESSION_LUA = `
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function whole(number) return string.format('%.0f', number) end
-- Lua hands over only some thousands of arguments at once.
local function by_thousands(list, call)
  for i = 1, #list, 1000 do call(unpack(list, i, math.min(i + 999, #list))) end
end
-- How long the index still tells of a session that has ended by itself: a day.
local REMEMBERED = 86400000
local HEAD = {'v', 'k', 'p', 'g', 'u', 'e', 'x', 'l', 'z', 'r'}
local function head_of(session)
  local head = {}
  for i, value in ipairs(redis.call('HMGET', session, unpack(HEAD))) do head[HEAD[i]] = value end
  return head
end
-- No key outlives its deadline.
local function is_alive(head, epoch) return head.k and (not head.u or redis.call('GET', epoch) == head.e) end
local function keep_until(key, deadline, now)
  local ttl = deadline - now + 1000 -- A second more: expiry and TIME need not be of one instant.
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, whole(ttl)) end
end
local function bury(session, index, member, head, now, why, successor)
  local ttl = math.min(math.max(redis.call('PTTL', session), 60000), head.x - now)
  redis.call('DEL', session)
  redis.call('HSET', session, 'z', why)
  if successor then redis.call('HSET', session, 'r', successor) end
  redis.call('PEXPIRE', session, whole(ttl))
  if head.u then redis.call('ZREM', index, member) end
end
`;

/**
 * For scripts that create a session. What it takes stands in ARGV, from a given place to the end: member, digest, idle
 * time, lifetime, epoch (empty for a session without a user), then the hash's names and values that are the caller's.
 */
export const CREATE_LUA = `
local function create(session, index, epoch, at, now)
  local member, digest, fresh = ARGV[at], ARGV[at + 1], ARGV[at + 4]
  local idle, lifetime = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if redis.call('EXISTS', session) == 1 then return redis.call('HGET', session, 'k') == digest end
  local deadline = now + lifetime
  redis.call('HSET', session, 'v', '1', 'k', digest, 'c', whole(now), 'x', whole(deadline), 's', whole(now))
  if fresh ~= '' then
    redis.call('SET', epoch, fresh, 'PX', whole(lifetime), 'NX')
    redis.call('HSET', session, 'e', redis.call('GET', epoch))
    redis.call('ZREMRANGEBYSCORE', index, '-inf', whole(now - REMEMBERED))
    redis.call('ZADD', index, whole(deadline), member)
    keep_until(epoch, deadline, now)
    keep_until(index, deadline + REMEMBERED, now)
  end
  local texts = {}
  for i = at + 5, #ARGV do texts[#texts + 1] = ARGV[i] end
  by_thousands(texts, function(...) redis.call('HSET', session, ...) end)
  redis.call('PEXPIRE', session, whole(math.min(idle, lifetime)))
  return true
end
`;
