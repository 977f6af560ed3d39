import { defineScript, type Script } from "../define-script.ts";
import { decodeFlag } from "../replies.ts";

/**
 * Writes a value if the key holds exactly the expected text, or is missing where that is expected.
 * KEYS[1] key · ARGV[1] "absent" or "equal" · ARGV[2] expected text · ARGV[3] next text ·
 * ARGV[4] TTL in milliseconds, or "forever" · reply 1 written, 0 not
 */
export const compareAndSet: Script<
  [key: string],
  [expect: "absent" | "equal", expected: string, next: string, ttlMs: number | "forever"],
  boolean
> = defineScript({
  name: "kv.compareAndSet",
  repeat: "once",
  lua: `
local key, expect, expected, next_value, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local held = redis.call('GET', key)
if expect == 'absent' then
  if held then return 0 end
elseif held ~= expected then
  return 0
end
if ttl == 'forever' then redis.call('SET', key, next_value) else redis.call('SET', key, next_value, 'PX', ttl) end
return 1`,
  decode: decodeFlag,
});
