import type { CallOptions } from "@holdfast/core";
import { CommandQueue, type CommandQueueOptions } from "./command-queue.ts";
import { learnDigest, type Script } from "./define-script.ts";
import { ScriptMissingError } from "./failures.ts";
import type { RedisTransport } from "./redis-transport.ts";

/** What the stores are written in: single commands, scripts, and the cluster's layout. */
export class RedisCommands extends CommandQueue {
  readonly transport: RedisTransport;

  constructor(transport: RedisTransport, options: CommandQueueOptions) {
    super(transport, options);
    this.transport = transport;
  }

  /**
   * Runs a script by its digest, in one trip; in a second one, with its text, if the server has not seen it.
   *
   * @see https://redis.io/docs/latest/commands/evalsha/
   */
  run<Keys extends readonly string[], Args extends readonly (string | number)[], Reply>(
    script: Script<Keys, Args, Reply>,
    keys: NoInfer<Keys>,
    args: NoInfer<Args>,
    options?: CallOptions,
  ): Promise<Reply> {
    const { digest, name, decode, repeat } = script;
    const whole = () => this.call(["EVAL", script.lua, keys.length, ...keys, ...args], decode, repeat, options, name);
    if (digest === undefined) {
      learnDigest(script).catch(() => {});
      return whole();
    }
    return this.call(["EVALSHA", digest, keys.length, ...keys, ...args], decode, repeat, options, name).catch(
      (error: unknown) => {
        if (error instanceof ScriptMissingError) return whole();
        throw error;
      },
    );
  }
}
