import type { Reply } from "./reply.ts";

const lineEnd = Buffer.from("\r\n");
const ok = Buffer.from("OK");

/**
 * A reply in RESP 2, as a TCP client of the server would see it, except that of the status replies only OK is one:
 * others, such as PONG, come as strings.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function replyToResp(reply: Reply): Buffer {
  const parts: Buffer[] = [];
  append(parts, reply);
  return Buffer.concat(parts);
}

function append(parts: Buffer[], reply: Reply): void {
  if (reply === null) parts.push(Buffer.from("$-1\r\n"));
  else if (typeof reply === "string") parts.push(Buffer.from(`:${reply}\r\n`));
  else if (reply instanceof Error) parts.push(Buffer.from(`-${reply.message.replaceAll(/[\r\n]/g, " ")}\r\n`));
  else if (Buffer.isBuffer(reply)) {
    if (reply.equals(ok)) parts.push(Buffer.from("+OK\r\n"));
    else parts.push(Buffer.from(`$${reply.length}\r\n`), reply, lineEnd);
  } else {
    parts.push(Buffer.from(`*${reply.length}\r\n`));
    for (const item of reply) append(parts, item);
  }
}
