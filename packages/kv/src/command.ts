import { ValidationError } from "@holdfast/core";
import type { Prepared, Preparing } from "./operations.ts";
import { attended } from "./values.ts";

/** A command of a batch, made by its builder. It is sent when the whole batch is, and gives a `Result`. */
export interface Command<Result> {
  /** Only types: never set. */
  readonly result?: Result;
}

/** A command as the builder makes it: checked and encoded, or still at an asynchronous schema. */
export class PreparedCommand<Result> implements Command<Result> {
  declare readonly result?: Result;
  readonly prepared: Preparing<Result>;

  constructor(prepared: Preparing<Result>) {
    // The next command may throw at once; then nobody waits for this one.
    this.prepared = prepared instanceof Promise ? attended(prepared) : prepared;
  }
}

/**
 * What sends each command, once all are prepared.
 *
 * @throws {ValidationError} The builder returned something else than its own commands: nothing may be sent.
 */
export async function prepareAll(commands: unknown): Promise<Prepared<unknown>[]> {
  if (!Array.isArray(commands)) {
    throw new ValidationError(
      'A batch\'s function must return an array of commands, and not be async: b => [b.get("a")].',
    );
  }
  const preparing = commands.map((command: unknown, index) => {
    if (command instanceof PreparedCommand) return command.prepared as Preparing<unknown>;
    throw new ValidationError(
      `Entry ${index} of the batch is no command. Use the methods of the function's argument: b => [b.get("a")].`,
    );
  });
  return Promise.all(preparing.map((one) => Promise.resolve(one)));
}
