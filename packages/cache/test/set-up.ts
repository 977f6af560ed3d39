import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { type Cache, type CacheEvent, type CacheOptions, createCache } from "../src/index.ts";

/** A clock that the test moves. */
export class TestClock {
  #now = 1_700_000_000_000;

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Two caches over one storage, as two processes would have them, and what they tell. */
export function twoProcesses<T = unknown>(options: Partial<CacheOptions<T>> = {}) {
  const storage = new MemoryStorage();
  const events: CacheEvent[] = [];
  const backends = [memoryBackend({ storage }), memoryBackend({ storage })] as const;
  const [a, b] = backends.map((backend) =>
    createCache<T>({
      backend,
      namespace: "test",
      ttl: "1m",
      jitter: 0,
      events: (event) => events.push(event),
      ...options,
    }),
  ) as [Cache<T>, Cache<T>];
  return { a, b, backends, storage, events };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A promise that the test settles. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
