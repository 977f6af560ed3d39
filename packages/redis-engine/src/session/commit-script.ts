import type { SessionCommit, SessionCommitResult } from "@holdfast/core";
import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { decodeNumber, decodeTexts } from "../replies.ts";
import { SESSION_LUA } from "./lua.ts";

/**
 * Applies all changes of a commit or none, and moves the session's end.
 *
 * KEYS session, epoch · ARGV see `commitArguments` · reply "committed", version, the increments' numbers; "conflict" or
 * "notANumber" with names of fields; or "gone".
 */
export const commit: Script<[session: string, epoch: string], (string | number)[], SessionCommitResult> = defineScript({
  name: "session.commit",
  repeat: "repeatable",
  lua: `${SESSION_LUA}
local session, epoch = KEYS[1], KEYS[2]
local digest, id, idle, next_digest, grace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local FIRST = 6

-- Head and fields in one go.
local names = {'v', 'k', 'u', 'e', 'x', 'l'}
for a = FIRST, #ARGV, 4 do names[#names + 1] = ARGV[a + 1] end
local stored, at = {}, 0
by_thousands(names, function(...)
  for _, value in ipairs(redis.call('HMGET', session, ...)) do
    at = at + 1
    stored[names[at]] = value
  end
end)
local function read(field)
  local value = stored[field]
  if not value then return '', false end
  local colon = string.find(value, ':', 1, true)
  return string.sub(value, 1, colon - 1), string.sub(value, colon + 1)
end
local function exact(number) return number <= 9007199254740991 and number >= -9007199254740991 and number end
local function number_in(text)
  return (text == '0' or string.find(text, '^-?[1-9]%d*$')) and exact(tonumber(text))
end

if not is_alive(stored, epoch) then return {'gone'} end

local ids = stored.l or ''
for i = 1, #ids, 8 do
  if string.sub(ids, i, i + 7) == id then
    local numbers = {}
    for a = FIRST, #ARGV, 4 do
      if ARGV[a] == 'increment' then
        local _, text = read(ARGV[a + 1])
        numbers[#numbers + 1] = whole(number_in(text or '0') or 0)
      end
    end
    return {'committed', stored.v, numbers}
  end
end

if stored.k ~= digest then return {'gone'} end
local texts, conflicts, others, numbers = {}, {}, {}, {}
for a = FIRST, #ARGV, 4 do
  local kind, field, value, seen = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3]
  local written, held = read(field)
  if kind == 'increment' then
    if texts[field] ~= nil then held = texts[field] end
    local before = number_in(held or '0')
    local after = before and exact(before + tonumber(value))
    if after then
      texts[field] = whole(after)
      numbers[#numbers + 1] = texts[field]
    else
      others[#others + 1] = field
    end
  elseif written == seen or (kind == 'unset' and not held) then
    texts[field] = kind == 'set' and value
  else
    conflicts[#conflicts + 1] = field
  end
end
if #conflicts > 0 then return {'conflict', conflicts} end
if #others > 0 then return {'notANumber', others} end

local version = whole(stored.v + 1)
local now = (idle ~= '' or next_digest ~= '') and now_ms()
local kept, dropped = {'v', version, 'l', string.sub(ids .. id, -64)}, {}
local function keep(name, value) kept[#kept + 1], kept[#kept + 2] = name, value end
for field, text in pairs(texts) do
  if text then keep(field, version .. ':' .. text) else dropped[#dropped + 1] = field end
end
if next_digest ~= '' then
  keep('k', next_digest)
  keep('p', digest)
  keep('g', whole(now + grace))
end
if idle ~= '' then
  keep('s', whole(now))
  redis.call('PEXPIRE', session, whole(math.min(tonumber(idle), stored.x - now)))
end
by_thousands(kept, function(...) redis.call('HSET', session, ...) end)
by_thousands(dropped, function(...) redis.call('HDEL', session, ...) end)
return {'committed', version, numbers}`,
  decode: decodeCommit,
});

/**
 * Digest, id, idle time in milliseconds (empty: the end is not moved), digest of the token that replaces this one (or empty) and the grace in
 * milliseconds, then for each change its kind, the field's name in the hash, text or number, version seen (or empty).
 */
export function commitArguments({ digest, id, idleMs, rotation, changes }: SessionCommit): (string | number)[] {
  return [
    digest,
    id,
    idleMs ?? "",
    rotation?.digest ?? "",
    rotation?.graceMs ?? 0,
    ...changes.flatMap((change) => {
      const field = `:${change.field}`;
      if (change.kind === "increment") return [change.kind, field, change.by, ""];
      return [change.kind, field, change.kind === "set" ? change.text : "", change.seen ?? ""];
    }),
  ];
}

function decodeCommit(reply: RedisReply): SessionCommitResult {
  const [kind, first = null, numbers = null] = reply as readonly RedisReply[];
  if (kind === "conflict" || kind === "notANumber") return { kind, fields: decodeTexts(first).map(fieldName) };
  if (kind !== "committed") return { kind: "gone" };
  return { kind, version: decodeNumber(first), numbers: (numbers as readonly RedisReply[]).map(decodeNumber) };
}

function fieldName(name: string | undefined): string {
  return (name ?? "").slice(1);
}
