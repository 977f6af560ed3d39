import type { Redis } from "ioredis";
import type { RedisHandle } from "./start-redis.ts";
import { tryOnce } from "./try-once.ts";
import { TEST_REDIS_URL } from "./variables.ts";

/** Handed out by this process. Test files run one after the other on a borrowed server, so no other process competes. */
const taken = new Set<number>();

/**
 * Borrows an empty database of a server that somebody else runs. Its number keeps the data of one test apart
 * from the others'. The server itself is not ours to freeze or end.
 *
 * @param url As in `redis://127.0.0.1:6379`; a database number in it is replaced.
 * @throws {Error} No database is empty, or the server cannot be reached.
 */
export async function borrowDatabase(url: string): Promise<RedisHandle> {
  const client = tryOnce(url);
  try {
    await client.connect();
    const index = await findEmptyDatabase(client);
    taken.add(index);
    const stop = async (): Promise<void> => {
      if (!taken.delete(index)) return;
      await client.flushdb();
      client.disconnect();
    };
    const { hostname, port } = new URL(url);
    return {
      url: withDatabase(url, index),
      host: hostname,
      port: Number(port || 6_379),
      pause: refuse,
      resume: refuse,
      kill: refuse,
      restart: refuse,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

async function refuse(): Promise<never> {
  throw new Error(`This server belongs to ${TEST_REDIS_URL}. Ask for one to control: startRedis({ own: true }).`);
}

async function findEmptyDatabase(client: Redis): Promise<number> {
  // Hosted servers often refuse CONFIG; 16 is what Redis has by default.
  const reply = await client.config("GET", "databases").catch(() => []);
  const databases = Number((reply as string[])[1] ?? 16);
  for (let index = 0; index < databases; index++) {
    if (taken.has(index)) continue;
    await client.select(index);
    if ((await client.dbsize()) === 0) return index;
  }
  throw new Error(`None of the ${databases} databases of ${TEST_REDIS_URL} is empty. Empty one with FLUSHDB.`);
}

function withDatabase(url: string, index: number): string {
  const whole = new URL(url);
  whole.pathname = `/${index}`;
  return whole.href;
}
