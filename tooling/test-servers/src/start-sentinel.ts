import type { Machine } from "./machine.ts";
import { openMachine } from "./open-machine.ts";
import { writeConfiguration } from "./redis-configuration.ts";
import { type RedisProcess, startRedisProcess } from "./redis-process.ts";
import { retryStart } from "./retry-start.ts";
import { until } from "./until.ts";
import { withClients } from "./with-clients.ts";

const MASTER_NAME = "holdfast";
const REPLICAS = 2;
const SENTINELS = 3;

/** One master, two replicas, and three sentinels that replace the master a second after it falls silent. */
export interface SentinelHandle extends AsyncDisposable {
  /** The name under which the sentinels watch the master. */
  readonly masterName: string;
  /** Fit for a client's list of sentinels: each has `host` and `port`. */
  readonly sentinels: readonly RedisProcess[];
  /** The Redis servers: at first the master, then its replicas. */
  readonly nodes: readonly RedisProcess[];
  /** The node that the first sentinel that answers names as the master now. */
  master(): Promise<RedisProcess>;
  /** What each sentinel that answers names as the master: after a failover they may disagree for seconds. */
  masters(): Promise<readonly RedisProcess[]>;
  /** Resolves when a master is named that answers as one, with a replica that follows it. */
  waitUntilReady(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Redis with Sentinel on free ports of 127.0.0.1; a failover takes about three seconds. */
export async function startSentinel(): Promise<SentinelHandle> {
  const machine = await openMachine(1 + REPLICAS + SENTINELS);
  const nodes: RedisProcess[] = [];
  const sentinels: RedisProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...sentinels, ...nodes].map((server) => server.stop()));
    await machine.dispose();
  };
  const handle: SentinelHandle = {
    masterName: MASTER_NAME,
    sentinels,
    nodes,
    master: () => findMaster(sentinels, nodes),
    masters: () => findMasters(sentinels, nodes),
    waitUntilReady: () => waitUntilReady(handle, 1),
    stop,
    [Symbol.asyncDispose]: stop,
  };
  try {
    for (let index = 0; index <= REPLICAS; index++) {
      const masterPort = nodes[0]?.port;
      nodes.push(await retryStart(() => startNode(machine, masterPort)));
    }
    for (let index = 0; index < SENTINELS; index++) {
      sentinels.push(await retryStart(() => startOneSentinel(machine, nodes[0]?.port ?? 0)));
    }
    await until("the sentinels know each other and the replicas", () => haveMet(sentinels));
    await waitUntilReady(handle, REPLICAS);
  } catch (error) {
    await stop();
    throw error;
  }
  return handle;
}

async function startNode(machine: Machine, masterPort: number | undefined): Promise<RedisProcess> {
  const port = await machine.takePort();
  const configuration = writeConfiguration(port, machine.bindAddress, {
    "replica-announce-ip": "127.0.0.1",
    "repl-diskless-sync-delay": "0",
    ...(masterPort === undefined ? {} : { replicaof: `127.0.0.1 ${masterPort}` }),
  });
  const folder = await machine.prepare(`redis-${port}`, configuration);
  return startRedisProcess({ machine, folder, port });
}

async function startOneSentinel(machine: Machine, masterPort: number): Promise<RedisProcess> {
  const port = await machine.takePort();
  const configuration = [
    `port ${port}`,
    `bind ${machine.bindAddress}`,
    "protected-mode no",
    "sentinel announce-ip 127.0.0.1",
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
    `sentinel failover-timeout ${MASTER_NAME} 5000`,
    "",
  ].join("\n");
  const folder = await machine.prepare(`sentinel-${port}`, configuration);
  return startRedisProcess({ machine, folder, port, flags: ["--sentinel"] });
}

function haveMet(sentinels: readonly RedisProcess[]): Promise<boolean> {
  return withClients(sentinels, async (clients) => {
    for (const client of clients) {
      const fields = (await client.call("SENTINEL", "MASTER", MASTER_NAME)) as string[];
      const count = (name: string): number => Number(fields[fields.indexOf(name) + 1]);
      if (count("num-slaves") !== REPLICAS || count("num-other-sentinels") !== SENTINELS - 1) return false;
    }
    return true;
  });
}

async function findMaster(sentinels: readonly RedisProcess[], nodes: readonly RedisProcess[]): Promise<RedisProcess> {
  const [master] = await findMasters(sentinels, nodes);
  if (!master) throw new Error("No sentinel names a master.");
  return master;
}

/** A test may have stopped some of the sentinels. */
async function findMasters(
  sentinels: readonly RedisProcess[],
  nodes: readonly RedisProcess[],
): Promise<readonly RedisProcess[]> {
  const named = await Promise.all(sentinels.map((sentinel) => masterPortOf(sentinel).catch(() => undefined)));
  return named.flatMap((port) => nodes.find((node) => node.port === port) ?? []);
}

async function masterPortOf(sentinel: RedisProcess): Promise<number> {
  const address = await withClients([sentinel], ([client]) =>
    Promise.race([
      client?.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME),
      new Promise((_resolve, reject) => {
        setTimeout(() => reject(new Error(`The sentinel on port ${sentinel.port} is silent.`)), 1_000).unref();
      }),
    ]),
  );
  return Array.isArray(address) ? Number(address[1]) : 0;
}

async function waitUntilReady(handle: SentinelHandle, replicas: number): Promise<void> {
  await until("the master answers as one and is followed", async () => {
    const master = await handle.master();
    const replication = await withClients([master], ([client]) => client?.info("replication") ?? Promise.resolve(""));
    const followers = replication.match(/^slave\d+:.*state=online/gm) ?? [];
    return replication.includes("role:master") && followers.length >= replicas;
  });
}
