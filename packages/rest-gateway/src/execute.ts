import type { Access } from "./access.ts";
import type { RedisCommand } from "./command.ts";
import { refusal } from "./policy.ts";
import type { RedisServer } from "./redis-server.ts";
import type { Reply } from "./reply.ts";
import { RequestError } from "./request-error.ts";
import { translateScan } from "./scan-with-type.ts";

/** Who asks, and whether they still wait. */
export interface Caller {
  readonly access: Access;
  /** Makes a signal that aborts when the caller's connection closes. */
  readonly signal: () => AbortSignal;
}

/**
 * Runs commands in order. A refused or failing one yields an error in its place; the others run.
 *
 * @throws {RequestError} 503 if the server is away.
 */
export async function runAll(server: RedisServer, commands: readonly RedisCommand[], caller: Caller): Promise<Reply[]> {
  const outcomes: (Reply | undefined)[] = await refusals(server, commands, caller);
  const allowed = commands.filter((_, index) => outcomes[index] === undefined);
  const replies = allowed.length === 0 ? [] : await server.run(allowed.map(translateScan), caller.signal);
  let next = 0;
  return outcomes.map((refused) => (refused === undefined ? (replies[next++] ?? null) : refused));
}

/**
 * Runs commands as one transaction. Errors of single commands are among the replies; the others have taken effect.
 *
 * @throws {RequestError} 400 if nothing ran, because a command is refused or the server discarded the transaction;
 * 503 if the server is away.
 */
export async function runTransaction(
  server: RedisServer,
  commands: readonly RedisCommand[],
  caller: Caller,
): Promise<Reply[]> {
  const refused = (await refusals(server, commands, caller)).find((error) => error !== undefined);
  if (refused) throw new RequestError(400, refused.message);
  // One write from MULTI to EXEC: no other caller's command can come between them. Inside, nothing blocks.
  const transaction = [{ name: "MULTI", args: [] }, ...commands.map(translateScan), { name: "EXEC", args: [] }];
  const replies = await server.runShared(transaction);
  const executed = replies.at(-1);
  if (Array.isArray(executed)) return executed;
  throw new RequestError(400, executed instanceof Error ? executed.message : "EXECABORT Transaction discarded");
}

async function refusals(
  server: RedisServer,
  commands: readonly RedisCommand[],
  { access }: Caller,
): Promise<(Error | undefined)[]> {
  if (access === "full") return commands.map(refusal);
  const guard = await server.readOnlyGuard();
  return commands.map((command) => refusal(command) ?? guard(command));
}
