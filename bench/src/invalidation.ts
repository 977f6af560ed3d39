import { redisBackend } from "@holdfast/adapter-redis";
import { createCache } from "@holdfast/cache";
import { startRedis } from "@holdfast/test-servers";
import { median, percentile } from "./measure.ts";
import type { Section } from "./report.ts";

const ROUNDS = 500;

export const invalidationSection: Section = {
  name: "invalidation",
  async run() {
    await using redis = await startRedis();
    const backends = [redisBackend(redis.url), redisBackend(redis.url)] as const;
    const heard: { resolve?: () => void } = {};
    const [writer, reader] = backends.map((backend, index) =>
      createCache<number>({
        backend,
        namespace: "bench",
        ttl: "1h",
        memory: {},
        events: (event) => {
          if (index === 1 && event.type === "invalidated") heard.resolve?.();
        },
      }),
    );
    await writer!.set("key", 0);
    await reader!.get("key");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const delays: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await writer!.set("key", round);
      await reader!.get("key");
      const arrived = new Promise<void>((resolve) => {
        heard.resolve = resolve;
      });
      const startedAt = performance.now();
      const done = writer!.delete("key");
      await arrived;
      delays.push(performance.now() - startedAt);
      await done;
    }
    for (const backend of backends) await backend.close();
    const [middle, late] = [median(delays), percentile(delays, 0.99)];
    return [
      {
        what: "an invalidation reaches another cache, median",
        figure: `${middle.toFixed(2)} ms`,
        target: "≤ 0.5 ms",
        holds: middle <= 0.5,
      },
      { what: "the same, 99th percentile", figure: `${late.toFixed(2)} ms`, target: "≤ 5 ms", holds: late <= 5 },
    ];
  },
};
