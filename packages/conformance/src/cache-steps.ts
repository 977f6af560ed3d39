import type {
  CacheClaim,
  CacheClaimResult,
  CacheFill,
  CachePut,
  CacheReadResult,
  CacheSlot,
  CacheStore,
  CallOptions,
} from "@holdfast/core";
import { LONG_MS, type Suite } from "./suite.ts";

/** Keys as a cache makes them: on a cluster all of a slot are on one node. */
export function slotOf({ namespace }: Suite, id: string, bucket = 0): CacheSlot {
  const prefix = `hf:c:{${namespace}:${bucket}}:`;
  return { entry: `${prefix}e:${id}`, lease: `${prefix}l:${id}`, bucket: `${prefix}v` };
}

export function tagOf({ namespace }: Suite, name: string): string {
  return `hf:c:${namespace}:t:${name}`;
}

export function epochOf({ namespace }: Suite): string {
  return `hf:c:${namespace}:epoch`;
}

/** Sixteen characters that no other claim has. */
export function newToken(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}

export function claimOf(suite: Suite, slot: CacheSlot, more: Partial<CacheClaim> = {}): CacheClaim {
  return {
    slot,
    tags: [],
    epoch: epochOf(suite),
    token: newToken(),
    leaseTtlMs: LONG_MS,
    versionTtlMs: LONG_MS,
    seen: undefined,
    waitedFor: undefined,
    ...more,
  };
}

export function putOf(slot: CacheSlot, text: string, more: Partial<CachePut> = {}): CachePut {
  return { slot, tags: [], token: newToken(), text, ttlMs: LONG_MS, versionTtlMs: LONG_MS, ...more };
}

/** What the holder of a lease writes. */
export function fillOf(
  suite: Suite,
  claim: CacheClaim,
  lease: CacheClaimResult & { kind: "granted" },
  text: string,
  more: Partial<CacheFill> = {},
): CacheFill {
  return {
    slot: claim.slot,
    tags: claim.tags,
    token: claim.token,
    startedAtMs: lease.startedAtMs,
    versions: lease.versions,
    text,
    ttlMs: LONG_MS,
    versionTtlMs: LONG_MS,
    lateTags: [],
    epoch: { key: epochOf(suite), version: lease.epoch },
    ...more,
  };
}

export async function claimOne(cache: CacheStore, claim: CacheClaim): Promise<CacheClaimResult> {
  const [result] = await cache.claim([claim]);
  if (!result) throw new Error("claim() gave no result for its claim");
  return result;
}

/** Claims, where nothing should be in the way. */
export async function granted(cache: CacheStore, claim: CacheClaim): Promise<CacheClaimResult & { kind: "granted" }> {
  const result = await claimOne(cache, claim);
  if (result.kind === "granted") return result;
  throw new Error(`The claim should have been granted; it was ${JSON.stringify(result.kind)}.`);
}

export async function fillOne(cache: CacheStore, fill: CacheFill): Promise<boolean | undefined> {
  return (await fillAll(cache, [fill]))[0];
}

export function fillAll(cache: CacheStore, fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]> {
  return cache.fill(fills, options);
}

export async function readOne(
  cache: CacheStore,
  slot: CacheSlot,
  tags: readonly string[] = [],
): Promise<CacheReadResult> {
  const [result] = await cache.read([{ slot, tags }]);
  if (!result) throw new Error("read() gave no result for its read");
  return result;
}

/** The text that a cache would serve: its versions are the current ones. */
export async function served(
  cache: CacheStore,
  slot: CacheSlot,
  tags: readonly string[] = [],
): Promise<string | undefined> {
  const { entry, versions } = await readOne(cache, slot, tags);
  return entry && versions.every((version) => version !== undefined) && entry.versions === versions.join()
    ? entry.text
    : undefined;
}
