import type { CacheEntry } from "@holdfast/core";

/** Where the parts of an entry's first line begin: an id of 16 characters, two times of 13 digits, the versions. */
const STARTED = 17;
const CREATED = 31;
const VERSIONS = 45;

/** How long an entry's first line is at least. */
export const ENTRY_HEAD_CHARACTERS: number = VERSIONS;

/** Reads an entry as the cache's scripts write it; what has another form counts as missing. */
export function parseEntry(stored: string | undefined): CacheEntry | undefined {
  if (stored === undefined) return undefined;
  const end = stored.indexOf("\n");
  return end < VERSIONS ? undefined : new StoredEntry(stored, end);
}

/** Parts are cut out when they are asked for: a hit needs few of them. */
class StoredEntry implements CacheEntry {
  readonly #stored: string;
  readonly #end: number;

  constructor(stored: string, end: number) {
    this.#stored = stored;
    this.#end = end;
  }

  get id(): string {
    return this.#stored.slice(0, STARTED - 1);
  }

  get startedAtMs(): number {
    return Number(this.#stored.slice(STARTED, CREATED - 1));
  }

  get createdAtMs(): number {
    return Number(this.#stored.slice(CREATED, VERSIONS - 1));
  }

  get versions(): string {
    return this.#stored.slice(VERSIONS, this.#end);
  }

  get text(): string {
    return this.#stored.slice(this.#end + 1);
  }
}
