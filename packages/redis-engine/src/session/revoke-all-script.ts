import { defineScript, type Script } from "../define-script.ts";
import { decodeNothing } from "../replies.ts";
import { SESSION_LUA } from "./lua.ts";

/**
 * Gives a user another epoch, and takes one session that is alive along into it.
 * KEYS[1] index · KEYS[2] epoch · KEYS[3] session to be spared (or none) · ARGV[1] new epoch · ARGV[2] its member (or
 * empty) · no reply
 */
export const revokeAll: Script<string[], [epoch: string, member: string], void> = defineScript({
  name: "session.revokeAll",
  repeat: "repeatable",
  lua: `${SESSION_LUA}
local index, epoch, session = KEYS[1], KEYS[2], KEYS[3]
local fresh, member = ARGV[1], ARGV[2]
local current = redis.call('GET', epoch)
if not current or current == fresh then return 0 end
local head = session and head_of(session)
local spared = head and head.u and is_alive(head, epoch)
redis.call('SET', epoch, fresh, 'KEEPTTL')
redis.call('DEL', index)
if spared then
  redis.call('HSET', session, 'e', fresh)
  redis.call('ZADD', index, head.x, member)
  keep_until(index, head.x + REMEMBERED, now_ms())
end
return 1`,
  decode: decodeNothing,
});
