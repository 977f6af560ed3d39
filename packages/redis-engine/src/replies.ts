import { BackendRejectedError } from "@holdfast/core";
import type { RedisReply } from "./redis-transport.ts";

/** A text, or `undefined` where the server says nil. */
export function decodeText(reply: RedisReply): string | undefined {
  if (typeof reply === "string") return reply;
  return reply === null ? undefined : unexpected("text", reply);
}

export function decodeTexts(reply: RedisReply): (string | undefined)[] {
  if (!Array.isArray(reply)) return unexpected("a list", reply);
  return (reply as readonly RedisReply[]).map(decodeText);
}

export function decodeNumber(reply: RedisReply): number {
  const number = typeof reply === "number" ? reply : Number(reply ?? Number.NaN);
  return Number.isNaN(number) ? unexpected("a number", reply) : number;
}

export function decodeFlag(reply: RedisReply): boolean {
  return decodeNumber(reply) === 1;
}

export function decodeNothing(): void {}

/** `OK` where a conditional write was made, nil where its condition did not hold. */
export function decodeWritten(reply: RedisReply): boolean {
  return reply === "OK" || (reply === null ? false : unexpected("OK", reply));
}

/** Pairs from a flat list, in the server's order. */
export function decodePairs(reply: RedisReply): readonly (readonly [string, string])[] {
  const flat = decodeTexts(reply);
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  return pairs;
}

/** One page of SCAN. */
export function decodePage(reply: RedisReply): { cursor: string; keys: readonly string[] } {
  if (!Array.isArray(reply)) return unexpected("a page", reply);
  const [cursor, keys] = reply as readonly RedisReply[];
  return {
    cursor: String(cursor),
    keys: decodeTexts(keys ?? null).filter((key) => key !== undefined),
  };
}

function unexpected(wanted: string, reply: unknown): never {
  throw new BackendRejectedError(
    `The server answered with ${reply === null ? "nil" : Array.isArray(reply) ? "a list" : typeof reply} where ${wanted} was expected. Is it Redis, and is its client unmodified?`,
  );
}
