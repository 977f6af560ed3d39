import { Redis } from "ioredis";

/** A client that connects when it is told to, and fails rather than trying again. */
export function tryOnce(url: string, { enableReadyCheck = true }: { readonly enableReadyCheck?: boolean } = {}): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 5_000,
    enableReadyCheck,
  });
  // Each call fails by itself; the event only repeats it.
  client.on("error", () => {});
  return client;
}
