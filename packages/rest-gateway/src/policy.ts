import type { RedisCommand } from "./command.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

const byHandTransactions = words("MULTI EXEC DISCARD WATCH UNWATCH");
const byHandStreams = words("SUBSCRIBE PSUBSCRIBE MONITOR");

/**
 * What a caller must not do to a connection that others share, or to the server behind it: change connection state,
 * open a transaction or a subscription by hand, or administer the server.
 */
const unavailableCommands: ReadonlySet<string> = new Set([
  ...byHandTransactions,
  ...byHandStreams,
  ...words("SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE"),
  ...words("AUTH HELLO SELECT RESET QUIT CLIENT ASKING READONLY READWRITE"),
  ...words(`
    ACL BGREWRITEAOF BGSAVE CLUSTER CONFIG DEBUG FAILOVER LATENCY MIGRATE MODULE PFDEBUG PFSELFTEST PSYNC REPLCONF
    REPLICAOF RESTORE-ASKING SAVE SHUTDOWN SLAVEOF SLOWLOG SWAPDB SYNC
  `),
]);

const unavailableSubcommands: ReadonlySet<string> = new Set(["SCRIPT KILL", "SCRIPT DEBUG", "FUNCTION KILL"]);

const advice: ReadonlyMap<string, string> = new Map([
  ...byHandTransactions.map((name) => [name, ". Use POST /multi-exec"] as const),
  ...byHandStreams.map((name) => [name, `. Use the event stream /${name.toLowerCase()}`] as const),
]);

const blockingCommands: ReadonlySet<string> = new Set(
  words("BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF"),
);

const blockingWithOption: ReadonlySet<string> = new Set(["XREAD", "XREADGROUP"]);

/** The error with which a command is refused, or `undefined` if it may go to the server. */
export function refusal({ name, args }: RedisCommand): Error | undefined {
  const subcommand = `${name} ${String(args[0] ?? "").toUpperCase()}`;
  if (!unavailableCommands.has(name) && !unavailableSubcommands.has(subcommand)) return undefined;
  const refused = unavailableCommands.has(name) ? name : subcommand;
  return new Error(`ERR Command is not available: '${refused}'${advice.get(name) ?? ""}`);
}

/** Whether a command may keep its connection waiting, and so needs one of its own. */
export function mayBlock({ name, args }: RedisCommand): boolean {
  if (blockingCommands.has(name)) return true;
  if (!blockingWithOption.has(name)) return false;
  for (const arg of args) {
    const word = String(arg).toUpperCase();
    if (word === "BLOCK") return true;
    if (word === "STREAMS") return false;
  }
  return false;
}
