import { type CacheSlot, createKeySpace } from "@holdfast/core";

/** Where a namespace's entries, versions and messages are kept. */
export interface CacheKeys {
  /** @throws {InvalidKeyError} See `createKeySpace`. */
  assertKey(id: string): void;
  /** @throws {InvalidKeyError} As above. */
  slot(id: string): CacheSlot;
  /** The key of a tag's version. */
  tag(name: string): string;
  /** Every bucket's version: removing all of them clears the namespace. */
  readonly buckets: readonly string[];
  readonly epoch: string;
  readonly channel: string;
}

/**
 * Spreads a namespace over buckets, each with a version and a cluster slot of its own, so that a hit is read from
 * one node, no node is asked by every read, and clearing removes a fixed number of small keys.
 *
 * @param buckets The same for every process that shares the namespace.
 */
export function createCacheKeys(namespace: string, buckets: number): CacheKeys {
  const space = createKeySpace("c", namespace);
  const name = space.prefix.slice("hf:c:".length, -1);
  const prefixes = Array.from({ length: buckets }, (_, bucket) => `hf:c:{${name}:${bucket}}:`);
  const versions = prefixes.map((prefix) => `${prefix}v`);
  return {
    assertKey(id) {
      space.toStored(id);
    },
    slot(id) {
      const escaped = space.toStored(id).slice(space.prefix.length);
      const bucket = buckets === 1 ? 0 : hash(id) % buckets;
      const prefix = prefixes[bucket]!;
      return { entry: `${prefix}e:${escaped}`, lease: `${prefix}l:${escaped}`, bucket: versions[bucket]! };
    },
    tag: (tag) => `hf:c:${name}:t:${space.toStored(tag).slice(space.prefix.length)}`,
    buckets: versions,
    epoch: `hf:c:${name}:epoch`,
    channel: `hf:c:${name}:bus`,
  };
}

/** FNV-1a over UTF-16 code units. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum >>> 0;
}
