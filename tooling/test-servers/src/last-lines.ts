/** The part of a server's log that tells why it ended. */
export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-15).join("\n");
}
