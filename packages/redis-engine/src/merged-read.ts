import type { CommandInFlight, RedisCommand, RedisReply, TransportFailure } from "./redis-transport.ts";

/** A larger one would keep other clients of the server waiting. */
const MAX_KEYS = 1_000;

/**
 * Consecutive MGETs of one trip as a single one that asks for each key once. The server does less, and providers bill
 * one command. Each caller still has limits and an outcome of its own.
 *
 * @see https://redis.io/docs/latest/commands/mget/
 */
class MergedRead implements CommandInFlight {
  readonly command: RedisCommand;
  readonly #parts: readonly CommandInFlight[];
  readonly #positions = new Map<string | number, number>();
  readonly #onRefused: (parts: readonly CommandInFlight[]) => void;

  /** @param onRefused Takes the parts when the server refuses the whole: which of them is to blame is not known. */
  constructor(parts: readonly CommandInFlight[], onRefused: (parts: readonly CommandInFlight[]) => void) {
    this.#parts = parts;
    this.#onRefused = onRefused;
    for (const { command } of parts) {
      for (let index = 1; index < command.length; index += 1) {
        const key = command[index]!;
        if (!this.#positions.has(key)) this.#positions.set(key, this.#positions.size);
      }
    }
    this.command = ["MGET", ...this.#positions.keys()];
  }

  get settled(): boolean {
    return this.#parts.every(({ settled }) => settled);
  }

  get deadline(): number {
    return this.#parts.reduce((latest, { deadline }) => Math.max(latest, deadline), 0);
  }

  markSent(): void {
    for (const part of this.#parts) part.markSent();
  }

  succeed(reply: RedisReply): void {
    for (const part of this.#parts) part.succeed(Array.isArray(reply) ? this.#replyTo(part, reply) : reply);
  }

  fail(failure: TransportFailure): void {
    if (failure.kind === "rejected") this.#onRefused(this.#parts);
    else for (const part of this.#parts) part.fail(failure);
  }

  #replyTo({ command }: CommandInFlight, reply: readonly RedisReply[]): RedisReply {
    const own: RedisReply[] = [];
    for (let index = 1; index < command.length; index += 1) own.push(reply[this.#positions.get(command[index]!)!]!);
    return own;
  }
}

/** Merges reads that follow each other; a read is not moved past a write that was issued before it. */
export function mergeReads(
  commands: readonly CommandInFlight[],
  onRefused: (parts: readonly CommandInFlight[]) => void,
): readonly CommandInFlight[] {
  const merged: CommandInFlight[] = [];
  let run: CommandInFlight[] = [];
  let keys = 0;
  const endRun = () => {
    if (run.length > 1) merged.push(new MergedRead(run, onRefused));
    else merged.push(...run);
    run = [];
    keys = 0;
  };
  for (const one of commands) {
    const mayMerge = one.command[0] === "MGET";
    if (!mayMerge || keys + one.command.length > MAX_KEYS) endRun();
    if (!mayMerge) {
      merged.push(one);
      continue;
    }
    run.push(one);
    keys += one.command.length;
  }
  endRun();
  return merged;
}
