import type { CacheClaim, CacheClaimResult } from "@holdfast/core";
import type { RedisReply } from "../redis-transport.ts";
import { decodeNumber } from "../replies.ts";
import { parseEntry } from "./stored-entry.ts";

/**
 * What the claim script says of one claim.
 *
 * @param elsewhere On a cluster: the versions of tags and of the epoch, which the script cannot reach.
 */
export function decodeClaim({ tags }: CacheClaim, reply: RedisReply, elsewhere: readonly string[]): CacheClaimResult {
  const [kind, ...parts] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
  if (kind === "failed") return { kind };
  if (kind === "held")
    return { kind, token: String(parts[0]), remainingMs: Math.max(0, decodeNumber(parts[1] ?? null)) };
  const versions = [...parts.slice(1).map((version) => (version === null ? undefined : String(version))), ...elsewhere];
  const entry = kind === "entry" && typeof parts[0] === "string" ? parseEntry(parts[0]) : undefined;
  if (entry) return { kind: "entry", entry, versions: versions.slice(0, tags.length + 1) };
  return {
    kind: "granted",
    startedAtMs: decodeNumber(parts[0] ?? null),
    versions: versions.slice(0, tags.length + 1).map(String),
    epoch: String(versions[tags.length + 1]),
  };
}

/** @see https://redis.io/docs/latest/commands/time/ seconds and microseconds */
export function decodeTime(reply: RedisReply): number {
  const [seconds, microseconds] = reply as readonly RedisReply[];
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
