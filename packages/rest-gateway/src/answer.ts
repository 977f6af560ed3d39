import type { IncomingHttpHeaders } from "node:http";
import { errorToJson, outcomeToJson, type Reply, type StringEncoding } from "./reply.ts";
import { RequestError } from "./request-error.ts";
import { replyToResp } from "./resp.ts";

/** What goes back over HTTP. */
export interface Answer {
  readonly status: number;
  readonly contentType: "application/json" | "application/octet-stream";
  readonly body: string | Buffer;
}

/** How the caller wants replies written. */
export type ReplyFormat = StringEncoding | "resp2";

/** @throws {RequestError} 400 for a format that the protocol does not know, or for base64 together with RESP. */
export function replyFormat(headers: IncomingHttpHeaders): ReplyFormat {
  const encoding = headers["upstash-encoding"] === "base64" ? "base64" : "utf8";
  const format = headers["upstash-response-format"] ?? "json";
  if (format === "json") return encoding;
  if (format !== "resp2") throw new RequestError(400, "ERR Upstash-Response-Format must be json or resp2");
  if (encoding === "base64") throw new RequestError(400, "ERR Upstash-Encoding: base64 does not go with resp2");
  return "resp2";
}

/** The answer to one command: 200 with its result, 400 with the server's error. */
export function answerOne(reply: Reply, format: ReplyFormat): Answer {
  const status = reply instanceof Error ? 400 : 200;
  if (format === "resp2") return { status, contentType: "application/octet-stream", body: replyToResp(reply) };
  return { status, contentType: "application/json", body: outcomeToJson(reply, format) };
}

/** The answer to several commands: 200, each result or error in its place. */
export function answerMany(replies: readonly Reply[], format: ReplyFormat): Answer {
  if (format === "resp2") {
    return { status: 200, contentType: "application/octet-stream", body: Buffer.concat(replies.map(replyToResp)) };
  }
  const body = `[${replies.map((reply) => outcomeToJson(reply, format)).join(",")}]`;
  return { status: 200, contentType: "application/json", body };
}

/** The answer to a request that failed as a whole. */
export function answerError(error: unknown): Answer {
  const { status, message } =
    error instanceof RequestError ? error : new RequestError(500, "ERR internal error of the gateway");
  return { status, contentType: "application/json", body: errorToJson(message) };
}
