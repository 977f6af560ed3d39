import type { CacheEntry } from "@holdfast/core";

/** Reads an entry as the cache's scripts write it; what has another form counts as missing. */
export function parseEntry(stored: string | undefined): CacheEntry | undefined {
  if (stored === undefined) return undefined;
  const end = stored.indexOf("\n");
  const [id, startedAtMs, createdAtMs, versions] = stored.slice(0, end).split(" ");
  if (end === -1 || id === undefined || versions === undefined) return undefined;
  return {
    id,
    startedAtMs: Number(startedAtMs),
    createdAtMs: Number(createdAtMs),
    versions: versions.split(","),
    text: stored.slice(end + 1),
  };
}
