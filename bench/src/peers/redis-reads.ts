import { startRedis } from "@holdfast/test-servers";
import { Redis } from "ioredis";
import { atOnce, type Contestant, measure } from "../measure.ts";
import { type Row, rowsOf, throughputRows } from "../report.ts";
import { never, plainKilobyte } from "../samples.ts";
import { LIBRARIES, type Library } from "./on-redis.ts";

const CALLERS = 64;

/** Hits at a Redis server: 64 at once, and 100 keys in one call where a library can. */
export async function redisReads(): Promise<Row[]> {
  await using redis = await startRedis();
  const bare = new Redis(redis.url);
  const libraries = Object.entries(LIBRARIES).map(([name, open]) => ({ name, library: open(redis.url) }));
  const keys = Array.from({ length: 128 }, (_, index) => `user:10000${index}`);
  for (const [index, key] of keys.entries()) {
    const value = plainKilobyte(index);
    await bare.set(key, JSON.stringify(value));
    for (const { library } of libraries) await library.set(key, value);
  }
  for (const { name, library } of libraries) await assertServes(name, library, keys);

  const hits = await measure([
    {
      name: "ioredis GET and JSON.parse",
      work: atOnce(CALLERS, async (key) => JSON.parse((await bare.get(keys[key]!))!) as unknown),
      operations: CALLERS,
    },
    ...libraries.map(({ name, library: { get, getOrSet } }) => ({
      name: `${name} ${getOrSet ? "getOrSet" : "get"}`,
      work: atOnce(CALLERS, (key) => (getOrSet ? getOrSet(keys[key]!, never) : get(keys[key]!))),
      operations: CALLERS,
    })),
  ]);
  const hundred = keys.slice(0, 100);
  const batches: Contestant[] = [
    {
      name: "ioredis MGET and JSON.parse",
      work: async () => (await bare.mget(hundred)).map((text) => JSON.parse(text!) as unknown),
    },
  ];
  for (const { name, library } of libraries) {
    if (library.getMany) batches.push({ name, work: () => library.getMany!(hundred) });
  }
  const many = await measure(batches);
  for (const { library } of libraries) await library.close();
  bare.disconnect();
  return [...throughputRows("Redis, 64 at once", hits), ...rowsOf("Redis, 100 keys", many)];
}

/** A library that misses or hands out something else would win by doing less. */
async function assertServes(name: string, { get }: Library, keys: readonly string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    if (JSON.stringify(await get(key)) !== JSON.stringify(plainKilobyte(index))) {
      throw new Error(`${name} does not give back what was written.`);
    }
  }
}
