import type { CacheStore } from "@holdfast/core";
import type { Scheduler } from "./scheduler.ts";

const GATED = ["read", "claim", "fill", "release", "put", "invalidate"] as const;

/** A store whose every operation waits for its turn. */
export function gatedStore(store: CacheStore, scheduler: Scheduler, process: string): CacheStore {
  const gated: Record<string, unknown> = {
    buckets: store.buckets,
    now: () => store.now(),
    renew: () => Promise.resolve(true),
  };
  for (const name of GATED) {
    gated[name] = async (...args: unknown[]) => {
      await scheduler.turn(`${process} ${name}`);
      const operation = store[name] as (...given: unknown[]) => Promise<unknown>;
      return scheduler.operation(() => operation.apply(store, args));
    };
  }
  return gated as unknown as CacheStore;
}
