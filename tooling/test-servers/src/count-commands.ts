import type { Redis } from "ioredis";
import { tryOnce } from "./try-once.ts";

/** What a server did while a function ran. */
export interface CommandCount {
  /** Commands run, those that scripts called included. */
  readonly total: number;
  /** By the server's own names in lower case: `{ get: 1, "client|setinfo": 2 }`. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Sent by replicas by themselves, each second. */
const BACKGROUND = new Set(["replconf", "psync"]);

/**
 * Counts the commands that one server runs, from any client, while `work` runs. Warm up clients first: the first
 * use of a connection sends commands of its own, and a script that the server does not know is sent twice.
 *
 * @see https://redis.io/docs/latest/commands/info/ (commandstats)
 */
export async function countCommands(url: string, work: () => unknown): Promise<CommandCount> {
  // The ready check would be counted.
  const client = tryOnce(url, { enableReadyCheck: false });
  try {
    await client.connect();
    const before = await readCounts(client);
    // The reading itself is counted once it is over, so it belongs to what follows.
    before.set("info", (before.get("info") ?? 0) + 1);
    await work();
    return subtract(await readCounts(client), before);
  } finally {
    client.disconnect();
  }
}

async function readCounts(client: Redis): Promise<Map<string, number>> {
  const text = await client.info("commandstats");
  return new Map(
    [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = "", calls]) => [name, Number(calls)]),
  );
}

function subtract(after: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): CommandCount {
  const byName: Record<string, number> = {};
  let total = 0;
  for (const [name, calls] of after) {
    const added = calls - (before.get(name) ?? 0);
    if (added <= 0 || BACKGROUND.has(name)) continue;
    byName[name] = added;
    total += added;
  }
  return { total, byName };
}
