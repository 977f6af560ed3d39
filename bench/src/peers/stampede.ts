import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cachified } from "@epic-web/cachified";
import { memoryBackend } from "@holdfast/adapter-memory";
import { createCache } from "@holdfast/cache";
import { startRedis } from "@holdfast/test-servers";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { Cacheable } from "cacheable";
import { LRUCache } from "lru-cache";
import type { Row } from "../report.ts";
import { sleep } from "../sleep.ts";
import { type Compute, LIBRARIES, TTL_MS } from "./on-redis.ts";
import type { Stampede } from "./stampede-process.ts";

const CALLERS = 1_000;
const PROCESSES = 4;
const KEYS = 3;

/** How often the factory runs for a thousand callers of one cold key, half of whom come while it computes. */
export async function stampedeInOneProcess(): Promise<Row[]> {
  const holdfast = createCache<unknown>({ backend: memoryBackend(), namespace: "stampede", ttl: TTL_MS });
  const bento = new BentoCache({ default: "memory", stores: { memory: bentostore().useL1Layer(memoryDriver({})) } });
  const cacheable = new Cacheable({ ttl: TTL_MS });
  const lru = new LRUCache<string, never>({ max: 1_000 });
  const libraries: Record<string, (key: string, compute: Compute) => Promise<unknown>> = {
    holdfast: (key, compute) => holdfast.getOrSet(key, compute),
    bentocache: (key, factory) => bento.getOrSet({ key, ttl: TTL_MS, factory }),
    cacheable: (key, compute) => cacheable.getOrSet(key, compute),
    cachified: (key, compute) => cachified({ key, cache: lru as never, ttl: TTL_MS, getFreshValue: compute }),
  };
  const rows: Row[] = [];
  for (const fails of [false, true]) {
    for (const [name, getOrSet] of Object.entries(libraries)) {
      let runs = 0;
      const compute = async () => {
        runs += 1;
        await sleep(20);
        if (fails) throw new Error("The source is down.");
        return { n: runs };
      };
      await Promise.all(
        Array.from({ length: CALLERS }, async (_, index) => {
          if (index % 2 === 1) await sleep(5);
          return getOrSet(fails ? "failing" : "cold", compute).catch(() => undefined);
        }),
      );
      rows.push(runsRow(`1 process, ${CALLERS} callers${fails ? ", it fails" : ""}`, name, runs));
    }
  }
  await bento.disconnectAll();
  return rows;
}

/** The same callers in four processes on one Redis server; the most runs of a few cold keys. */
export async function stampedeOverProcesses(): Promise<Row[]> {
  await using redis = await startRedis();
  const program = fileURLToPath(new URL("./stampede-process.ts", import.meta.url));
  const children = Array.from({ length: PROCESSES }, () => fork(program, [redis.url]));
  try {
    await Promise.all(children.map(answer));
    const rows: Row[] = [];
    for (const [library, open] of Object.entries(LIBRARIES)) {
      const probe = open(redis.url);
      await probe.close();
      if (!probe.getOrSet) continue;
      const runs: number[] = [];
      for (let key = 0; key < KEYS; key += 1) {
        const task: Stampede = { library, key: `cold ${key}`, callers: CALLERS / PROCESSES };
        const answers = children.map(answer);
        for (const child of children) child.send(task);
        runs.push((await Promise.all(answers)).map(Number).reduce((sum, each) => sum + each, 0));
      }
      rows.push(runsRow(`${PROCESSES} processes, ${CALLERS} callers`, library, Math.max(...runs)));
    }
    return rows;
  } finally {
    for (const child of children) child.disconnect();
  }
}

/** @throws {Error} The process ended instead. */
async function answer(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", { signal: stop.signal }).then(([message]) => message as unknown),
      once(child, "exit", { signal: stop.signal }).then(() => {
        throw new Error("A process of the stampede ended.");
      }),
    ]);
  } finally {
    stop.abort();
  }
}

function runsRow(situation: string, name: string, runs: number): Row {
  const isOurs = name === "holdfast";
  return {
    what: `factory runs, ${situation}: ${name}`,
    figure: String(runs),
    target: isOurs ? "1" : "",
    holds: isOurs ? runs === 1 : undefined,
  };
}
