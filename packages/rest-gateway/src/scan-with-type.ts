import type { RedisCommand } from "./command.ts";

/**
 * `SCAN cursor … WITHTYPE` is Upstash's own: keys come with their types, `[cursor, [key, type, …]]`. Redis gets a
 * script in its place, which is still one command.
 * KEYS none · ARGV the arguments of SCAN without WITHTYPE · reply as above, or SCAN's error
 */
const scanWithType = `
  local page = redis.pcall('SCAN', unpack(ARGV))
  if page.err then return page end
  local keys = {}
  for _, key in ipairs(page[2]) do
    keys[#keys + 1] = key
    keys[#keys + 1] = redis.call('TYPE', key).ok
  end
  return {page[1], keys}
`;

/** The command to send to Redis for what the caller asked. */
export function translateScan(command: RedisCommand): RedisCommand {
  const { name, args } = command;
  // After the cursor options come in pairs, so only in this place is the word not the value of MATCH.
  const asked = name === "SCAN" && args.length % 2 === 0 && String(args.at(-1)).toUpperCase() === "WITHTYPE";
  return asked ? { name: "EVAL", args: [scanWithType, "0", ...args.slice(0, -1)] } : command;
}
