const mayLoseDigits = /\d[.eE]|\d{15}/;
const numberToken = /-?\d[\d.eE+-]*/g;

/**
 * Turns JSON's bare numbers into strings where parsing could change their text (`9007199254740993`, `1.50`, `1e3`), so
 * that Redis gets what the caller wrote.
 */
export function quoteNumbers(json: string): string {
  if (!mayLoseDigits.test(json)) return json;
  let result = "";
  let at = 0;
  while (at < json.length) {
    const open = json.indexOf('"', at);
    const gap = json.slice(at, open < 0 ? json.length : open);
    result += gap.replace(numberToken, (token) => (mayLoseDigits.test(token) ? `"${token}"` : token));
    if (open < 0) break;
    at = endOfString(json, open);
    result += json.slice(open, at);
  }
  return result;
}

function endOfString(json: string, open: number): number {
  let close = json.indexOf('"', open + 1);
  while (close >= 0 && isEscaped(json, close)) close = json.indexOf('"', close + 1);
  return close < 0 ? json.length : close + 1;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}
