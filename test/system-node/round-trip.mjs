// Run by test/system-node.test.ts on the Node that the user has: only what is published, and no type stripping.
import assert from "node:assert/strict";
import { memoryBackend } from "@holdfast/adapter-memory";
import { redisBackend } from "@holdfast/adapter-redis";
import { upstashBackend } from "@holdfast/adapter-upstash";
import { vercelKvBackend } from "@holdfast/adapter-vercel-kv";
import { createCache } from "@holdfast/cache";
import { ConfigurationError, codec, parseDuration, readEnv } from "@holdfast/core";
import { createKv } from "@holdfast/kv";

const VALUE = { id: 9_007_199_254_740_993n, at: new Date(0), tags: new Set(["a"]), text: "007" };

assert.equal(parseDuration("15m"), 900_000);
assert.deepEqual(codec.decode(codec.encode(VALUE)), VALUE);
assert.throws(() => readEnv({ url: { names: ["HOLDFAST_SURELY_UNSET"] } }), ConfigurationError);

const backends = {
  memory: memoryBackend(),
  redis: redisBackend(process.env.REDIS_URL),
  upstash: upstashBackend(),
  "vercel-kv": vercelKvBackend(),
};
for (const [name, backend] of Object.entries(backends)) {
  const kv = createKv({ backend, namespace: `node-${name}` });
  assert.equal(await kv.set("value", VALUE, { ttl: "1m" }), true);
  assert.deepEqual(await kv.get("value"), VALUE);
  assert.equal(await kv.increment("n", { by: 2, ttl: "1m" }), 2);
  const cache = createCache({ backend, namespace: `node-${name}`, ttl: "1m" });
  assert.deepEqual(await cache.getOrSet("key", () => VALUE), VALUE);
  assert.deepEqual(await cache.get("key"), VALUE);
  await backend.close();
  console.log(name);
}
console.log(process.version);
