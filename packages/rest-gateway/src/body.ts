import type { IncomingMessage } from "node:http";
import { RequestError } from "./request-error.ts";

/** How much of a refused body is read and thrown away, as a multiple of the limit, so that the answer can arrive. */
const discardFactor = 8;

/**
 * Reads a request's whole body.
 *
 * A body over the limit is still read (and dropped) up to eight times the limit before the refusal: a client that is
 * answered in the middle of its upload sees a broken connection, not the answer.
 *
 * @param maxBytes The most that is accepted, in bytes.
 * @throws {RequestError} 413 over the limit.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxBytes * discardFactor) reject(tooLarge(maxBytes, size));
    });
    request.once("end", () => {
      if (size > maxBytes) reject(tooLarge(maxBytes, size));
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.once("error", reject);
    request.once("close", () => {
      if (!request.complete) reject(new Error("The request ended before its body was complete."));
    });
  });
}

function tooLarge(limit: number, actual: number): RequestError {
  return new RequestError(413, `ERR max request size exceeded. Limit: ${limit} bytes, Actual: ${actual} bytes`);
}
