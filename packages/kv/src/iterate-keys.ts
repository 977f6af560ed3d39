import type { CallOptions, KeySpace, KeyValueStore } from "@holdfast/core";

export interface KeysOptions {
  /** Only keys that begin so. @default "" */
  readonly prefix?: string;
  /** About how many keys the store looks at for each trip, 1 to 10,000. @default 500 */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/** Every key once: stores may repeat some, and what was seen is remembered until the end. */
export async function* iterateKeys(
  store: KeyValueStore,
  keys: KeySpace,
  { prefix = "", pageSize = 500 }: KeysOptions,
  options: CallOptions | undefined,
): AsyncGenerator<string> {
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 10_000) {
    throw new RangeError(
      `pageSize must be a whole number from 1 to 10000; got ${typeof pageSize === "number" ? pageSize : typeof pageSize}.`,
    );
  }
  const seen = new Set<string>();
  for await (const page of store.scan(keys.toStoredPrefix(prefix), pageSize, options)) {
    for (const stored of page) {
      if (seen.has(stored)) continue;
      seen.add(stored);
      yield keys.toId(stored);
    }
  }
}
