/**
 * A reply as the gateway's connections deliver it: an integer's decimal digits as a string (so that none is rounded),
 * every string as its bytes, a server's error as an `Error` whose message is the server's text, and arrays of these.
 */
export type Reply = string | Buffer | Error | null | Reply[];

/** How strings travel in JSON: readable, or as base64, which carries any bytes. */
export type StringEncoding = "utf8" | "base64";

const ok = Buffer.from("OK");

/** The JSON of one command's outcome: `{"result":…}`, or `{"error":"…"}` with the server's own text. */
export function outcomeToJson(reply: Reply, encoding: StringEncoding): string {
  if (reply instanceof Error) return errorToJson(reply.message);
  // The client decodes every string but a bare OK. No base64 text is two characters long, so this is not ambiguous.
  if (Buffer.isBuffer(reply) && reply.equals(ok)) return '{"result":"OK"}';
  return `{"result":${replyToJson(reply, encoding)}}`;
}

/** `{"error":"…"}`. */
export function errorToJson(message: string): string {
  return `{"error":${JSON.stringify(message)}}`;
}

function replyToJson(reply: Reply, encoding: StringEncoding): string {
  if (reply === null) return "null";
  if (typeof reply === "string") return reply;
  if (Buffer.isBuffer(reply)) return stringToJson(reply, encoding);
  if (Array.isArray(reply)) return `[${reply.map((item) => replyToJson(item, encoding)).join(",")}]`;
  return stringToJson(Buffer.from(reply.message), encoding);
}

function stringToJson(bytes: Buffer, encoding: StringEncoding): string {
  return encoding === "base64" ? `"${bytes.toString("base64")}"` : JSON.stringify(bytes.toString("utf8"));
}
