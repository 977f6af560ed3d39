// One process of the stampede: calls getOrSet many times at once, says which value everyone got and how often its
// factory ran. The parent passes what to do as JSON in the first argument.
import { redisBackend } from "@holdfast/adapter-redis";
import { upstashBackend } from "@holdfast/adapter-upstash";
import { createCache } from "@holdfast/cache";

const { redis, rest, callers, computeMs, leaseTtlMs, dies } = JSON.parse(process.argv[2]);
const backend = redis ? redisBackend(redis) : upstashBackend({ ...rest, commandTimeout: "10s" });
const cache = createCache({ backend, namespace: "stampede", ttl: "1m", leaseTtl: leaseTtlMs });
await backend.ping();

process.send("ready");
await new Promise((resolve) => process.once("message", resolve));

let runs = 0;
const factory = async () => {
  runs += 1;
  process.send("computing");
  if (dies) await new Promise((resolve) => setTimeout(resolve, 60_000));
  await new Promise((resolve) => setTimeout(resolve, computeMs));
  return { by: process.pid };
};
const values = await Promise.all(Array.from({ length: callers }, () => cache.getOrSet("cold", factory)));
process.send({ runs, distinct: [...new Set(values.map(({ by }) => by))] });
await cache.close();
await backend.close();
process.disconnect();
