import type { CacheContext } from "./context.ts";
import { isFault } from "./faults.ts";

/** Passes over the store's faults, which must not cost a caller the factory's value. @returns `undefined` after one. */
export async function tolerate<T, Result>(
  { counts, emit }: Pick<CacheContext<T>, "counts" | "emit">,
  operation: string,
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (!isFault(error)) throw error;
    counts.storeErrors += 1;
    emit?.({ type: "storeError", operation, error });
    return undefined;
  }
}
