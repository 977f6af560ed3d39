import { BackendUnavailableError, type BusHandlers, type BusSubscription } from "@holdfast/core";
import { DISCONNECT_TIMEOUT_MS } from "./connect.ts";
import { type IoredisCluster, type IoredisNode, isCluster, type SubscriberConnection } from "./ioredis-like.ts";
import { runIdOf } from "./run-id.ts";

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 500;
/** A silent, dead connection is noticed within this and the socket timeout. */
const HEARTBEAT_MS = 2_000;

/**
 * One connection in subscriber mode for all channels, opened with the first. It reconnects by itself, to
 * another node on a cluster, and tells every subscriber that messages may have been missed.
 *
 * Behind Sentinel it listens only to the server that commands go to: while Sentinels disagree, one of two connections
 * may lead to the old master, and whoever listens there is deaf.
 */
export class RedisSubscriber {
  readonly #model: IoredisNode | IoredisCluster;
  readonly #timeoutMs: number;
  /** The server that commands go to, as far as it is known. */
  #serverId: string | undefined;
  #listensTo: string | undefined;
  readonly #channels = new Map<string, Set<BusHandlers>>();
  #connection: Promise<SubscriberConnection> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(model: IoredisNode | IoredisCluster, timeoutMs: number) {
    this.#model = model;
    this.#timeoutMs = timeoutMs;
  }

  async subscribe(channel: string, handlers: BusHandlers): Promise<BusSubscription> {
    if (this.#closed) throw unavailable("the backend is closed");
    // An object of its own, so that the same handlers can be subscribed twice.
    const entry: BusHandlers = {
      onMessage: (message) => handlers.onMessage(message),
      onLost: () => handlers.onLost?.(),
      onGap: () => handlers.onGap?.(),
    };
    const listeners = this.#channels.get(channel) ?? new Set();
    listeners.add(entry);
    this.#channels.set(channel, listeners);
    try {
      const connection = await this.#connect();
      await connection.subscribe(channel);
    } catch (error) {
      this.#forget(channel, entry);
      throw unavailable(error instanceof Error ? error.message : "no connection");
    }
    return { unsubscribe: () => this.#unsubscribe(channel, entry) };
  }

  /** Commands go to this server from now on. */
  follow(serverId: string): void {
    this.#serverId = serverId;
    if (this.#listensTo !== undefined && this.#listensTo !== serverId) this.#disconnect();
  }

  close(): void {
    this.#closed = true;
    this.#channels.clear();
    clearTimeout(this.#retry);
    this.#disconnect();
  }

  #disconnect(): void {
    this.#connection?.then(
      (connection) => connection.disconnect(),
      () => {},
    );
  }

  async #unsubscribe(channel: string, entry: BusHandlers): Promise<void> {
    if (!this.#forget(channel, entry) || this.#closed) return;
    const connection = await this.#connection?.catch(() => undefined);
    // On a lost connection there is nothing to unsubscribe: the next one leaves the channel out.
    if (!this.#channels.has(channel)) await connection?.unsubscribe(channel).catch(() => {});
  }

  /** @returns Whether it was the channel's last listener. */
  #forget(channel: string, entry: BusHandlers): boolean {
    const listeners = this.#channels.get(channel);
    if (!listeners?.delete(entry) || listeners.size > 0) return false;
    this.#channels.delete(channel);
    return true;
  }

  #connect(): Promise<SubscriberConnection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #open(): Promise<SubscriberConnection> {
    const connection = (await this.#node()).duplicate({
      lazyConnect: true,
      retryStrategy: null,
      autoResubscribe: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: this.#timeoutMs,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      socketTimeout: 2 * this.#timeoutMs,
    });
    connection.on("error", () => {});
    connection.on("message", (channel, message) => this.#deliver(String(channel), String(message)));
    await connection.connect();
    await this.#identify(connection);
    const heartbeat = setInterval(() => void connection.ping().catch(() => {}), HEARTBEAT_MS);
    heartbeat.unref();
    connection.on("end", () => {
      clearInterval(heartbeat);
      this.#onLost();
    });
    return connection;
  }

  /** @throws {Error} Commands go to another server. */
  async #identify(connection: SubscriberConnection): Promise<void> {
    if (isCluster(this.#model) || !this.#model.options.sentinels) return;
    this.#listensTo = runIdOf(await connection.call("INFO", "server").catch(() => undefined));
    if (connection.status !== "ready") throw new Error("the connection broke at once");
    if (this.#serverId === undefined || this.#listensTo === undefined || this.#listensTo === this.#serverId) return;
    connection.disconnect();
    throw new Error("the Sentinels named another server than the one that commands go to");
  }

  /** The server to listen to: on a cluster any node hears every channel. */
  async #node(): Promise<IoredisNode> {
    const model = this.#model;
    if (!isCluster(model)) return model;
    if (model.status === "wait") await model.connect();
    const nodes = model.nodes("all");
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    if (!node) throw new Error("the cluster has no node that is up");
    return node;
  }

  #onLost(): void {
    this.#connection = undefined;
    this.#listensTo = undefined;
    if (this.#channels.size === 0 || this.#closed) return;
    this.#tellAll((handlers) => handlers.onLost?.());
    this.#reconnectAfter(FIRST_DELAY_MS);
  }

  #reconnectAfter(delayMs: number): void {
    this.#retry = setTimeout(() => void this.#reconnect(delayMs), delayMs);
  }

  async #reconnect(delayMs: number): Promise<void> {
    if (this.#closed || this.#channels.size === 0) return;
    try {
      const connection = await this.#connect();
      await connection.subscribe(...this.#channels.keys());
      this.#tellAll((handlers) => handlers.onGap?.());
    } catch {
      // A connection that opened and then failed reconnects through its own `end` event.
      if (!this.#connection && !this.#closed) this.#reconnectAfter(Math.min(delayMs * 2, LONGEST_DELAY_MS));
    }
  }

  #tellAll(tell: (handlers: BusHandlers) => void): void {
    for (const listeners of this.#channels.values()) for (const handlers of listeners) call(() => tell(handlers));
  }

  #deliver(channel: string, message: string): void {
    for (const handlers of this.#channels.get(channel) ?? []) call(() => handlers.onMessage(message));
  }
}

/** One handler's error must not keep the message from the others. */
function call(handler: () => void): void {
  try {
    handler();
  } catch {
    // Handlers promise not to throw; there is no caller to tell.
  }
}

function unavailable(reason: string): BackendUnavailableError {
  return new BackendUnavailableError(
    `redis: SUBSCRIBE: ${reason}. Check that the server runs and that the URL is right.`,
    "not-applied",
  );
}
