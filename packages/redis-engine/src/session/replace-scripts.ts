import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { decodeNothing, decodeText } from "../replies.ts";
import { CREATE_LUA, SESSION_LUA } from "./lua.ts";

/** What a session may become that another one is to take the place of. */
type Replaced = "replaced" | "conflict" | "gone";

/** Why a session cannot be replaced; "replaced" where this very replacement has been made; nothing where it can. */
const FATE_LUA = `
local function fate_of(head, epoch, digest, version, successor)
  if head.z == 'replaced' and head.r == successor then return 'replaced' end
  if not is_alive(head, epoch) or head.k ~= digest then return 'gone' end
  return head.v ~= version and 'conflict'
end
`;

/**
 * Creates a session and ends the one before it.
 *
 * KEYS session, index, epoch of the previous session, then of the next · ARGV[1] previous member · ARGV[2] its digest ·
 * ARGV[3] its version · ARGV[4…] see `creationArguments` · reply "replaced", "conflict" or "gone"
 */
export const replace: Script<string[], (string | number)[], Replaced> = defineScript({
  name: "session.replace",
  repeat: "repeatable",
  lua: `${SESSION_LUA}${CREATE_LUA}${FATE_LUA}
local session, index, epoch = KEYS[1], KEYS[2], KEYS[3]
local member, digest, version, successor = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local head, now = head_of(session), now_ms()
local fate = fate_of(head, epoch, digest, version, successor)
if fate then return fate end
if not create(KEYS[4], KEYS[5], KEYS[6], 4, now) then return 'conflict' end
bury(session, index, member, head, now, 'replaced', successor)
return 'replaced'`,
  decode: decodeReplaced,
});

/**
 * Ends a session whose successor, in another slot of the cluster, has just been created.
 *
 * KEYS session, index, epoch · ARGV[1] member · ARGV[2] digest · ARGV[3] version · ARGV[4] the successor's digest ·
 * reply as above
 */
export const cede: Script<
  [session: string, index: string, epoch: string],
  [member: string, digest: string, version: number, successor: string],
  Replaced
> = defineScript({
  name: "session.replace",
  repeat: "repeatable",
  lua: `${SESSION_LUA}${FATE_LUA}
local session, index, epoch = KEYS[1], KEYS[2], KEYS[3]
local member, digest, version, successor = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local head, now = head_of(session), now_ms()
local fate = fate_of(head, epoch, digest, version, successor)
if fate then return fate end
bury(session, index, member, head, now, 'replaced', successor)
return 'replaced'`,
  decode: decodeReplaced,
});

/**
 * Takes back a session that was created a moment ago, as if it had never been.
 * KEYS session, index · ARGV[1] member · ARGV[2] digest · no reply
 */
export const takeBack: Script<[session: string, index: string], [member: string, digest: string], void> = defineScript({
  name: "session.replace",
  repeat: "repeatable",
  lua: `
local session, index, member, digest = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if redis.call('HGET', session, 'k') ~= digest then return 0 end
redis.call('DEL', session)
redis.call('ZREM', index, member)
return 1`,
  decode: decodeNothing,
});

function decodeReplaced(reply: RedisReply): Replaced {
  const kind = decodeText(reply);
  return kind === "replaced" || kind === "conflict" ? kind : "gone";
}
