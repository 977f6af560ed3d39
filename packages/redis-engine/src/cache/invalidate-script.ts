import { defineScript, type Script } from "../define-script.ts";
import { decodeNumber } from "../replies.ts";
import { CACHE_LUA } from "./lua.ts";

/**
 * Removes keys, then says so on the bus.
 * KEYS what to remove · ARGV[1] channel (or empty) · ARGV[2] message · reply the server's clock in milliseconds
 */
export const invalidate: Script<string[], [channel: string, message: string], number> = defineScript({
  name: "cache.invalidate",
  repeat: "repeatable",
  lua: `${CACHE_LUA}
local channel, message = ARGV[1], ARGV[2]
for i = 1, #KEYS, 5000 do redis.call('UNLINK', unpack(KEYS, i, math.min(i + 4999, #KEYS))) end
if channel ~= '' then redis.call('PUBLISH', channel, message) end
return now_ms()`,
  decode: decodeNumber,
});
