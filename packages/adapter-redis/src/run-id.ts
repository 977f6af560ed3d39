/**
 * The id of a server's process, from its answer to `INFO server`; another one after every restart.
 *
 * @see https://redis.io/docs/latest/commands/info/
 */
export function runIdOf(info: unknown): string | undefined {
  return typeof info === "string" ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined;
}
