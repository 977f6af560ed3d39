import { OVERFLOW_REPLY } from "../failures.ts";

/**
 * Shared by the counters' scripts. The server counts in 64 bits and a client's numbers have 53: a step that leaves
 * the exact range is taken back, in the same atomic script. Counts are replied as text, since not every client
 * reads large integers exactly.
 */
export const COUNTING_LUA: string = `
local function negated(step)
  if string.sub(step, 1, 1) == '-' then return string.sub(step, 2) end
  return '-' .. step
end
local function is_exact(count) return count <= 9007199254740991 and count >= -9007199254740991 end
local function overflow() return redis.error_reply('${OVERFLOW_REPLY}') end
`;
