import type { Cache } from "./cache.ts";
import type { EntryOptions } from "./options.ts";

export interface WrapOptions<Args extends unknown[]> extends EntryOptions {
  /** The entry's key for these arguments. */
  readonly key: (...args: Args) => string;
}

/** A function that returns the cached result for its arguments' key, or computes it. */
export function wrap<T, Args extends unknown[], Result extends T>(
  cache: Pick<Cache<T>, "getOrSet">,
  fn: (...args: Args) => Result | Promise<Result>,
  { key, ...options }: WrapOptions<Args>,
): (...args: Args) => Promise<Result> {
  return async (...args) => cache.getOrSet(key(...args), () => fn(...args), options) as Promise<Result>;
}
