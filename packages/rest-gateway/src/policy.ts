import type { RedisCommand } from "./command.ts";

/**
 * What a caller must not do to a connection that others share, or to the server behind it: change connection state,
 * open a transaction or a subscription by hand, or administer the server.
 */
const unavailableCommands: ReadonlySet<string> = new Set([
  // connection state
  ...["AUTH", "HELLO", "SELECT", "RESET", "QUIT", "CLIENT", "ASKING", "READONLY", "READWRITE"],
  // transactions by hand: use /multi-exec
  ...["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"],
  // subscriptions: use the event streams
  ...["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR"],
  // administration
  ...["ACL", "BGREWRITEAOF", "BGSAVE", "CLUSTER", "CONFIG", "DEBUG", "FAILOVER", "LATENCY", "MIGRATE", "MODULE"],
  ...["PFDEBUG", "PFSELFTEST", "PSYNC", "REPLCONF", "REPLICAOF", "RESTORE-ASKING", "SAVE", "SHUTDOWN", "SLAVEOF"],
  ...["SLOWLOG", "SWAPDB", "SYNC"],
]);

const unavailableSubcommands: ReadonlySet<string> = new Set(["SCRIPT KILL", "SCRIPT DEBUG", "FUNCTION KILL"]);

const instead: ReadonlyMap<string, string> = new Map([
  ...["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"].map((name) => [name, "POST /multi-exec"] as const),
  ...["SUBSCRIBE", "PSUBSCRIBE", "MONITOR"].map((name) => [name, `/${name.toLowerCase()} as an event stream`] as const),
]);

const blockingCommands: ReadonlySet<string> = new Set([
  ...["BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF"],
]);

const blockingWithOption: ReadonlySet<string> = new Set(["XREAD", "XREADGROUP"]);

/** The error with which a command is refused, or `undefined` if it may go to the server. */
export function refusal({ name, args }: RedisCommand): Error | undefined {
  const subcommand = `${name} ${String(args[0] ?? "").toUpperCase()}`;
  if (!unavailableCommands.has(name) && !unavailableSubcommands.has(subcommand)) return undefined;
  const refused = unavailableCommands.has(name) ? name : subcommand;
  const advice = instead.get(name);
  return new Error(`ERR Command is not available: '${refused}'${advice ? `. Use ${advice}` : ""}`);
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
