import type { SessionField, SessionLoadResult, SessionRecord } from "@holdfast/core";
import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { decodeFlag, decodeNumber, decodePairs } from "../replies.ts";
import { SESSION_LUA } from "./lua.ts";

/**
 * Looks a token up and moves its session's end. Whoever has another token learns nothing of a session that is stored.
 *
 * KEYS session, index, epoch · ARGV[1] member · ARGV[2] digest · ARGV[3] idle time in milliseconds · ARGV[4] least gain
 * in milliseconds for the end to be moved (empty: it is not) · reply "active", 1 superseded or 0 not, remaining
 * milliseconds, the hash; or one of "expired", "revoked", "replaced", "unknown".
 */
export const load: Script<
  [session: string, index: string, epoch: string],
  [member: string, digest: string, idleMs: number, throttleMs: number | ""],
  SessionLoadResult
> = defineScript({
  name: "session.load",
  repeat: "repeatable",
  lua: `${SESSION_LUA}
-- What callers do not ask for need not be sent.
local UNTOLD = {k = true, p = true, g = true, e = true, s = true, l = true}
local session, index, epoch = KEYS[1], KEYS[2], KEYS[3]
local member, digest, idle, throttle = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = redis.call('HGETALL', session)
if #stored == 0 then return {redis.call('ZSCORE', index, member) and 'expired' or 'unknown'} end
local head, told = {}, {}
for i = 1, #stored, 2 do
  local name, value = stored[i], stored[i + 1]
  head[name] = value
  if not UNTOLD[name] then told[#told + 1], told[#told + 2] = name, value end
end
if head.z then return {head.z} end
local superseded = digest == head.p
if digest ~= head.k and not superseded then return {'unknown'} end
if head.u and redis.call('GET', epoch) ~= head.e then return {'revoked'} end
local left = redis.call('PTTL', session)
-- Most loads end here without asking for the time: no key outlives its deadline.
if superseded then
  local now = now_ms()
  if tonumber(head.g) <= now then
    bury(session, index, member, head, now, 'revoked')
    return {'revoked'}
  end
elseif throttle and idle - left > throttle then
  local now = now_ms()
  local most = math.min(idle, head.x - now)
  if most - left > throttle then
    redis.call('HSET', session, 's', whole(now))
    redis.call('PEXPIRE', session, whole(most))
    left = most
  end
end
return {'active', superseded and 1 or 0, left, told}`,
  decode: decodeLoad,
});

const ENDS = ["expired", "revoked", "replaced"] as const;

function decodeLoad(reply: RedisReply): SessionLoadResult {
  const [kind, superseded = null, left = null, stored = null] = reply as readonly RedisReply[];
  if (kind !== "active") return { kind: ENDS.find((end) => end === kind) ?? "unknown" };
  return { kind, superseded: decodeFlag(superseded), record: recordOf(stored, decodeNumber(left)) };
}

function recordOf(stored: RedisReply, remainingMs: number): SessionRecord {
  const head = new Map<string, string>();
  const fields = new Map<string, SessionField>();
  for (const [name, value] of decodePairs(stored)) {
    if (name.startsWith(":")) fields.set(name.slice(1), fieldOf(value));
    else head.set(name, value);
  }
  return {
    fields,
    version: Number(head.get("v")),
    userId: head.get("u"),
    device: head.get("n"),
    createdAtMs: Number(head.get("c")),
    deadlineMs: Number(head.get("x")),
    remainingMs,
  };
}

function fieldOf(value: string): SessionField {
  const colon = value.indexOf(":");
  return { version: Number(value.slice(0, colon)), text: value.slice(colon + 1) };
}
