import type { SessionListing } from "@holdfast/core";
import { defineScript, type Script } from "../define-script.ts";
import type { RedisReply } from "../redis-transport.ts";
import { decodeText } from "../replies.ts";
import { SESSION_LUA } from "./lua.ts";

/**
 * Which sessions are alive, at one instant.
 * KEYS[1] epoch · KEYS[2…] sessions · reply for each session: device (or nil), creation, last seen and deadline in
 * milliseconds; nil if it is not alive
 */
export const list: Script<string[], [], readonly RedisReply[]> = defineScript({
  name: "session.list",
  repeat: "repeatable",
  lua: `${SESSION_LUA}
local epoch, replies = KEYS[1], {}
for i = 2, #KEYS do
  replies[i - 1] = is_alive(head_of(KEYS[i]), epoch) and redis.call('HMGET', KEYS[i], 'n', 'c', 's', 'x')
end
return replies`,
  decode: (reply) => reply as readonly RedisReply[],
});

/** The sessions that are alive, the oldest first. */
export function listingsOf(sessions: readonly string[], replies: readonly RedisReply[]): SessionListing[] {
  const listings = sessions.flatMap((session, index): SessionListing[] => {
    const reply = replies[index];
    if (!Array.isArray(reply)) return [];
    const [device = null, createdAtMs, lastSeenAtMs, deadlineMs] = reply as readonly RedisReply[];
    return [
      {
        session,
        device: decodeText(device),
        createdAtMs: Number(createdAtMs),
        lastSeenAtMs: Number(lastSeenAtMs),
        deadlineMs: Number(deadlineMs),
      },
    ];
  });
  return listings.toSorted((one, other) => one.createdAtMs - other.createdAtMs);
}
