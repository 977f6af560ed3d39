import { upstashBackend } from "@holdfast/adapter-upstash";
import { createKv } from "@holdfast/kv";
import { startGateway, startRedis } from "@holdfast/test-servers";
import { Redis } from "@upstash/redis";
import { atOnce, measure } from "./measure.ts";
import { countRow, type Section, throughputRows } from "./report.ts";
import { plainKilobyte } from "./samples.ts";

export const httpSection: Section = {
  name: "http",
  async run() {
    await using redis = await startRedis();
    await using gateway = await startGateway({ redis });
    const { url, token } = gateway;
    const backend = upstashBackend({ url, token, commandTimeout: "10s" });
    const kv = createKv<unknown>({ backend, namespace: "bench" });
    const raw = new Redis({ url, token });
    for (let key = 0; key < 128; key += 1) {
      await kv.set(`key ${key}`, plainKilobyte(key), { ttl: "1h" });
      await raw.set(`key ${key}`, plainKilobyte(key));
    }
    const measured = await measure([
      { name: "@upstash/redis get", work: atOnce(64, (key) => raw.get(`key ${key}`)), operations: 64 },
      { name: "kv get", work: atOnce(64, (key) => kv.get(`key ${key}`)), operations: 64 },
    ]);
    const before = backend.stats().roundTrips;
    await Promise.all(Array.from({ length: 100 }, (_, key) => kv.get(`key ${key}`)));
    return [
      ...throughputRows("64 at once, over HTTP", measured),
      countRow("requests of 100 gets in one tick", backend.stats().roundTrips - before, 1),
    ];
  },
};
