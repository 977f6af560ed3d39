import type { Redis } from "ioredis";
import type { Machine } from "./machine.ts";
import { openMachine } from "./open-machine.ts";
import { type RedisConfiguration, writeConfiguration } from "./redis-configuration.ts";
import { type RedisProcess, startRedisProcess } from "./redis-process.ts";
import { retryStart } from "./retry-start.ts";
import { until } from "./until.ts";
import { withClients } from "./with-clients.ts";

const SLOTS = 16_384;

export interface StartClusterOptions {
  /** Nodes that hold slots, in equal shares; at least 3. @default 3 */
  readonly masters?: number;
  /** Replicas of each master. @default 1 */
  readonly replicas?: number;
  /** How long a node may be silent before a replica takes over, in milliseconds. @default 3000 */
  readonly nodeTimeoutMs?: number;
  /** More directives of every node's `redis.conf`. */
  readonly config?: RedisConfiguration;
}

/** One process of a cluster. */
export interface ClusterNode extends RedisProcess {
  /** What it was made as; a failover may have changed it. */
  readonly role: "master" | "replica";
}

/** A Redis Cluster of real processes. */
export interface ClusterHandle extends AsyncDisposable {
  /** The first master's URL. */
  readonly url: string;
  /** Masters first. Fit for a client's list of start-up nodes: each has `host` and `port`. */
  readonly nodes: readonly ClusterNode[];
  readonly ports: readonly number[];
  /** Resolves when every node says `cluster_state:ok` and every replica follows its master. */
  waitUntilReady(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis Cluster on free ports of 127.0.0.1; six processes take about a second. */
export async function startCluster(options: StartClusterOptions = {}): Promise<ClusterHandle> {
  const { masters = 3, replicas = 1 } = options;
  if (masters < 3) throw new RangeError(`A cluster needs at least 3 masters; got ${masters}.`);
  const count = masters * (1 + replicas);
  const machine = await openMachine(count);
  const nodes: ClusterNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await machine.dispose();
  };
  try {
    for (let index = 0; index < count; index++) {
      const started = await retryStart(() => startNode(machine, options));
      nodes.push({ ...started, role: index < masters ? "master" : "replica" });
    }
    await form(nodes, masters);
  } catch (error) {
    await stop();
    throw error;
  }
  const onEvery = (action: (node: ClusterNode) => Promise<void>) => async (): Promise<void> => {
    await Promise.all(nodes.map(action));
  };
  return {
    url: `redis://127.0.0.1:${nodes[0]?.port}`,
    nodes,
    ports: nodes.map((node) => node.port),
    waitUntilReady: () => waitUntilReady(nodes, masters),
    pause: onEvery((node) => node.pause()),
    resume: onEvery((node) => node.resume()),
    kill: onEvery((node) => node.kill()),
    restart: async () => {
      await onEvery((node) => node.restart())();
      await waitUntilReady(nodes, masters);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function startNode(machine: Machine, options: StartClusterOptions): Promise<RedisProcess> {
  const port = await machine.takePort();
  const configuration = writeConfiguration(port, machine.bindAddress, {
    "cluster-enabled": "yes",
    "cluster-config-file": "nodes.conf",
    "cluster-node-timeout": String(options.nodeTimeoutMs ?? 3_000),
    "cluster-announce-ip": "127.0.0.1",
    "repl-diskless-sync-delay": "0",
    // A replica is listed to clients once it has received something.
    "repl-ping-replica-period": "1",
    ...options.config,
  });
  const folder = await machine.prepare(`redis-${port}`, configuration);
  return startRedisProcess({ machine, folder, port });
}

/** What `redis-cli --cluster create` does, without asking that it is installed. */
async function form(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  await withClients(nodes, async (clients) => {
    for (const [index, client] of clients.slice(0, masters).entries()) {
      const from = Math.floor((index * SLOTS) / masters);
      const to = Math.floor(((index + 1) * SLOTS) / masters) - 1;
      await client.call("CLUSTER", "ADDSLOTSRANGE", from, to);
      // Distinct epochs at once, instead of by the collisions that the nodes would settle one by one.
      await client.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
    }
    // Every pair is introduced: gossip would take a second longer.
    for (const client of clients) {
      for (const node of nodes) await client.call("CLUSTER", "MEET", "127.0.0.1", node.port);
    }
    await until("the nodes know each other", async () => {
      for (const client of clients) {
        const lines = (await clusterNodes(client)).filter((line) => !line.includes("handshake"));
        if (lines.length !== nodes.length) return false;
      }
      return true;
    });
    const masterIds = await Promise.all(clients.slice(0, masters).map((client) => client.call("CLUSTER", "MYID")));
    for (const [index, client] of clients.slice(masters).entries()) {
      await client.call("CLUSTER", "REPLICATE", String(masterIds[index % masters]));
    }
  });
  await waitUntilReady(nodes, masters);
}

async function waitUntilReady(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  await withClients(nodes, (clients) =>
    until("every node says cluster_state:ok and every replica follows", async () => {
      for (const client of clients) {
        const info = String(await client.call("CLUSTER", "INFO"));
        if (!info.includes("cluster_state:ok") || !info.includes(`cluster_slots_ok:${SLOTS}`)) return false;
        const seen = await clusterNodes(client);
        if (seen.some((line) => /fail|disconnected/.test(line))) return false;
        if (seen.filter((line) => line.includes("slave")).length !== nodes.length - masters) return false;
        const ranges = (await client.call("CLUSTER", "SLOTS")) as unknown[][];
        const listed = ranges.reduce((total, [, , ...servers]) => total + servers.length, 0);
        if (listed < nodes.length) return false;
        const replication = String(await client.call("INFO", "replication"));
        if (replication.includes("role:slave") && !replication.includes("master_link_status:up")) return false;
      }
      return true;
    }),
  );
}

async function clusterNodes(client: Redis): Promise<string[]> {
  return String(await client.call("CLUSTER", "NODES"))
    .trimEnd()
    .split("\n");
}
