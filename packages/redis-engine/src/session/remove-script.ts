import { defineScript, type Script } from "../define-script.ts";
import { decodeFlag } from "../replies.ts";
import { SESSION_LUA } from "./lua.ts";

/**
 * Ends a session.
 * KEYS session, index, epoch · ARGV[1] member · reply 1 it was alive, 0 not
 */
export const remove: Script<[session: string, index: string, epoch: string], [member: string], boolean> = defineScript({
  name: "session.remove",
  repeat: "repeatable",
  lua: `${SESSION_LUA}
local session, index, epoch, member = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local head, now = head_of(session), now_ms()
if not is_alive(head, epoch) then return 0 end
bury(session, index, member, head, now, 'revoked')
return 1`,
  decode: decodeFlag,
});
