const LONGEST = 160;

/** Where servers and clients begin to repeat a command's arguments. */
const ARGUMENTS = /,? (?:with args beginning with|command was|command:|args:).*$/s;
const QUOTED = /(['"`])(?:(?!\1).){25,}\1/gs;
const CREDENTIALS_IN_URL = /\/\/[^@/\s]*@/g;
const BEARER = /Bearer\s+\S+/gi;

/** Makes an error text fit for messages and logs: no arguments, no long quotations, no credentials, short. */
export function redact(text: string): string {
  const safe = text
    .slice(0, 2_000)
    .replace(ARGUMENTS, "")
    .replace(QUOTED, "$1…$1")
    .replace(CREDENTIALS_IN_URL, "//…@")
    .replace(BEARER, "Bearer …")
    .trim();
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
}
