import type { RedisCommand } from "./command.ts";
import type { Reply } from "./reply.ts";

/** Says with what error a read-only caller's command is refused, if it is. */
export type ReadOnlyGuard = (command: RedisCommand) => Error | undefined;

// Not flagged as reading, and harmless.
const alwaysAllowed: ReadonlySet<string> = new Set(["PING", "ECHO", "TIME"]);
// Flagged as reading, but it walks the whole keyspace; KEYS and the like are in the server's own @dangerous category.
const alwaysDenied: ReadonlySet<string> = new Set(["SCAN"]);

const nameIndex = 0;
const flagsIndex = 2;
const categoriesIndex = 6;
const subcommandsIndex = 9;

/**
 * Allows what the server itself flags `readonly`, less what it calls `@dangerous`, and less SCAN.
 *
 * @param table The reply to COMMAND. https://redis.io/docs/latest/commands/command/
 */
export function createReadOnlyGuard(table: Reply): ReadOnlyGuard {
  const readable = new Set(readableNames(table));
  return ({ name, args }) => {
    const subcommand = `${name}|${String(args[0] ?? "").toUpperCase()}`;
    if (alwaysAllowed.has(name)) return undefined;
    if (!alwaysDenied.has(name) && (readable.has(name) || readable.has(subcommand))) return undefined;
    return new Error(noPermission(name));
  };
}

/** The server's own words for a command that a user may not run. */
export function noPermission(name: string): string {
  return `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`;
}

function* readableNames(table: Reply): Generator<string> {
  if (!Array.isArray(table)) return;
  for (const entry of table) {
    if (!Array.isArray(entry)) continue;
    const flags = texts(entry[flagsIndex]);
    const categories = texts(entry[categoriesIndex]);
    if (flags.includes("readonly") && !categories.includes("@dangerous")) {
      yield String(entry[nameIndex]).toUpperCase();
    }
    yield* readableNames(entry[subcommandsIndex] ?? null);
  }
}

function texts(reply: Reply | undefined): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
