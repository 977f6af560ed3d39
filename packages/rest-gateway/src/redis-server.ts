import { Redis } from "ioredis";
import type { RedisCommand } from "./command.ts";
import { type ConnectionLimits, connectionOptions, send, unavailable } from "./connection.ts";
import { mayBlock } from "./policy.ts";
import { createReadOnlyGuard, type ReadOnlyGuard } from "./read-only.ts";
import type { Reply } from "./reply.ts";
import { RequestError } from "./request-error.ts";

/** How many connections blocking commands and event streams may hold at once. */
const maxOwnConnections = 256;

/** The Redis server behind the gateway: one connection that all callers share, and own ones for callers that wait. */
export class RedisServer {
  readonly #shared: Redis;
  readonly #limits: ConnectionLimits;
  readonly #own = new Set<Redis>();
  #lastError: unknown;
  #readOnlyGuard: Promise<ReadOnlyGuard> | undefined;

  constructor(url: string, limits: ConnectionLimits) {
    this.#limits = limits;
    this.#shared = new Redis(url, connectionOptions(limits));
    // Every request that waits for the server to come back listens.
    this.#shared.setMaxListeners(0);
    this.#shared.on("error", (error) => {
      this.#lastError = error;
    });
  }

  /** Connects and asks for a PONG. @throws {Error} What keeps the server from being used. */
  async open(): Promise<void> {
    await this.#shared.connect().catch((error: unknown) => {
      throw this.#lastError ?? error;
    });
    const [pong] = await send(this.#shared, [{ name: "PING", args: [] }]);
    if (pong instanceof Error) throw pong;
  }

  /**
   * Runs commands in order: on the shared connection, or all on one of their own if any may block.
   *
   * @param signal Makes a signal that aborts when the caller has gone, to end what only that caller waits for.
   * @throws {RequestError} 503 if the server is away; within `connectWaitMs` or `replyTimeoutMs`.
   */
  async run(commands: readonly RedisCommand[], signal: () => AbortSignal): Promise<Reply[]> {
    if (!commands.some(mayBlock)) return this.runShared(commands);
    const connection = await this.openOwn(signal());
    try {
      // A server that is there answers this at once; from then on its silence is what the caller asked for.
      await send(connection, [{ name: "PING", args: [] }]);
      connection.options.socketTimeout = undefined;
      return await send(connection, commands);
    } finally {
      connection.disconnect();
    }
  }

  /** Runs commands in one write on the shared connection. They must not block. */
  async runShared(commands: readonly RedisCommand[]): Promise<Reply[]> {
    if (this.#shared.status !== "ready") await this.#reconnected();
    return send(this.#shared, commands);
  }

  /** A connection for one caller, which closes when `signal` aborts or the server goes away; it is never reopened. */
  async openOwn(signal: AbortSignal, { monitor = false }: { monitor?: boolean } = {}): Promise<Redis> {
    if (this.#own.size >= maxOwnConnections) {
      throw new RequestError(503, `ERR too many blocking commands and event streams at once (${maxOwnConnections})`);
    }
    const connection = this.#shared.duplicate({ monitor, retryStrategy: null });
    this.#own.add(connection);
    let lastError: unknown;
    connection.on("error", (error) => {
      lastError = error;
    });
    const abort = () => connection.disconnect();
    connection.once("end", () => {
      this.#own.delete(connection);
      signal.removeEventListener("abort", abort);
    });
    signal.addEventListener("abort", abort);
    try {
      await connection.connect();
    } catch (error) {
      throw unavailable(lastError ?? error);
    }
    if (signal.aborted) connection.disconnect();
    return connection;
  }

  /** What a read-only caller may not do, as the server's own command table says. */
  readOnlyGuard(): Promise<ReadOnlyGuard> {
    this.#readOnlyGuard ??= this.#loadReadOnlyGuard();
    return this.#readOnlyGuard;
  }

  close(): void {
    this.#shared.disconnect();
    for (const connection of this.#own) connection.disconnect();
  }

  async #loadReadOnlyGuard(): Promise<ReadOnlyGuard> {
    try {
      const [table = null] = await this.runShared([{ name: "COMMAND", args: [] }]);
      if (table instanceof Error)
        throw new RequestError(503, `ERR cannot read the server's commands: ${table.message}`);
      return createReadOnlyGuard(table);
    } catch (error) {
      this.#readOnlyGuard = undefined;
      throw error;
    }
  }

  #reconnected(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.#shared.off("ready", ready).off("end", ended);
        action();
      };
      const ready = (): void => settle(resolve);
      const ended = (): void => settle(() => reject(unavailable(this.#lastError)));
      const timer = setTimeout(ended, this.#limits.connectWaitMs);
      this.#shared.once("ready", ready).once("end", ended);
    });
  }
}
