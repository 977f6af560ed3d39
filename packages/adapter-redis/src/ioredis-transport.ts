import type { BusHandlers, BusSubscription } from "@holdfast/core";
import type {
  CommandInFlight,
  RedisCommand,
  RedisReply,
  RedisTransport,
  TransportFailure,
} from "@holdfast/redis-engine";
import calculateSlot from "cluster-key-slot";
import { toFailure } from "./failures.ts";
import { type IoredisCluster, type IoredisLike, type IoredisNode, isCluster } from "./ioredis-like.ts";
import { runIdOf } from "./run-id.ts";
import { RedisSubscriber } from "./subscriber.ts";

const ENDED: TransportFailure = { kind: "unreachable", message: "the client is closed", outcome: "not-applied" };
const CLOSED_EARLY: TransportFailure = {
  kind: "unreachable",
  message: "the server closed the connection at once; it may expect TLS (rediss://), or have too many clients",
  outcome: "not-applied",
};

/** What answers INFO with anything but text only looks like a server. */
const NO_REDIS: TransportFailure = {
  kind: "misconfigured",
  message: "What answers there does not behave like Redis. Check host and port.",
};
const NO_HANDSHAKE: TransportFailure = {
  kind: "unreachable",
  message: "no TLS handshake; if the server does not speak TLS on this port, use redis://",
  outcome: "not-applied",
};

/** Sends commands through ioredis, which routes them on a cluster. Waits while there is no connection. */
export class IoredisTransport implements RedisTransport {
  readonly keyPrefix: string | undefined;
  readonly slotOf: ((key: string) => number) | undefined;
  readonly masters: (() => readonly Pick<RedisTransport, "send">[]) | undefined;

  readonly #client: IoredisLike;
  readonly #node: IoredisNode | undefined;
  readonly #route: (command: RedisCommand) => IoredisLike;
  readonly #subscriber: RedisSubscriber;
  readonly #closeClient: boolean;
  readonly #timeoutMs: number;
  #probe: NodeJS.Timeout | undefined;
  #parked: readonly CommandInFlight[] = [];
  #lastFailure: TransportFailure | undefined;
  #wasReady = false;
  /** Whether it is known which server this connection leads to. */
  #identified = false;
  /** Why nothing may be sent over this connection, although it is open. */
  #unfit: TransportFailure | undefined;
  #runId: string | undefined;
  #generation = 0;

  /**
   * @param closeClient Whether `close()` also closes the client: only who opened it does.
   * @param timeoutMs Bounds connecting and subscribing.
   */
  constructor(client: IoredisNode | IoredisCluster, closeClient: boolean, timeoutMs: number) {
    this.#client = client;
    this.#closeClient = closeClient;
    this.#timeoutMs = timeoutMs;
    this.#subscriber = new RedisSubscriber(client, timeoutMs);
    if (isCluster(client)) {
      const prefix = client.options.keyPrefix ?? "";
      this.keyPrefix = client.options.keyPrefix;
      this.slotOf = (key) => calculateSlot(prefix + key);
      this.#route = (command) => (command[0] === "PUBLISH" ? publisherFor(client, String(command[1])) : client);
      this.masters = () => client.nodes("master").map((node) => ({ send: (commands) => write(commands, () => node) }));
    } else {
      this.#node = client;
      this.#route = () => client;
      this.keyPrefix = client.options.keyPrefix;
    }
    // A client that was passed in may have been connected for long.
    this.#identified = client.status === "ready";
    client.on("error", this.#onError);
    client.on("ready", this.#onReady);
    client.on("close", this.#onClose);
    client.on("end", this.#onEnd);
  }

  send(commands: readonly CommandInFlight[]): void {
    const { status } = this.#client;
    if (status === "ready" && this.#identified && this.#node?.stream?.writable !== false) {
      write(commands, this.#route, this.#node?.stream);
    } else if (status === "end" || this.#unfit) {
      for (const command of commands) command.fail(this.#unfit ?? ENDED);
    } else {
      this.#parked = [...this.#parked.filter((command) => !command.settled), ...commands];
      // A lazy client connects when the first command needs it.
      if (status === "wait") this.#client.connect().catch(() => {});
    }
  }

  subscribe(channel: string, handlers: BusHandlers): Promise<BusSubscription> {
    return this.#subscriber.subscribe(channel, handlers);
  }

  lastFailure(): TransportFailure | undefined {
    const failure = this.#lastFailure;
    if (this.#wasReady || !this.#node?.options.tls) return failure;
    return failure === undefined || failure.message.includes("ETIMEDOUT") ? NO_HANDSHAKE : failure;
  }

  generation(): number {
    return this.#generation;
  }

  /** Asks a silent server for a sign of life; without one, or with a handshake that hangs, opens another connection. */
  suspect(): void {
    const node = this.#node;
    if (!node || !this.#closeClient || this.#probe || !["ready", "connect"].includes(node.status)) return;
    this.#probe = setTimeout(() => {
      this.#probe = undefined;
      // Ending it politely would wait for the peer that does not answer.
      node.stream?.destroy(new Error("the server fell silent"));
    }, this.#timeoutMs);
    this.#probe.unref();
    if (node.status === "ready") node.call("PING").then(this.#endProbe, this.#endProbe);
  }

  async close(): Promise<void> {
    this.#client.off("ready", this.#onReady);
    this.#client.off("close", this.#onClose);
    this.#client.off("end", this.#onEnd);
    this.#subscriber.close();
    this.#endProbe();
    if (this.#closeClient) this.#client.disconnect();
    else this.#client.off("error", this.#onError);
  }

  readonly #onError = (error: unknown): void => {
    const failure = !this.#wasReady && isHangUp(error) ? CLOSED_EARLY : toFailure(error);
    this.#lastFailure = failure.kind === "unreachable" ? { ...failure, outcome: "not-applied" } : failure;
    if (failure.kind === "unreachable") return;
    // ioredis goes on all the same: whatever is sent would land in database 0.
    if (isOfSelect(error)) this.#unfit = failure;
    // Waiting does not mend wrong options or credentials.
    this.#failParked(failure);
  };

  readonly #endProbe = (): void => {
    clearTimeout(this.#probe);
    this.#probe = undefined;
  };

  readonly #onReady = (): void => {
    this.#endProbe();
    this.#wasReady = true;
    if (this.#unfit) return;
    this.#lastFailure = undefined;
    const node = this.#node;
    if (!node) {
      this.#writeParked();
      return;
    }
    // Before anything else: a server that was restarted, or another one, may hold older data.
    node.call("INFO", "server").then(
      (info) => {
        if (typeof info === "string") this.#identify(runIdOf(info));
        else this.#refuse(NO_REDIS);
      },
      // Not everybody may ask; then it cannot be told.
      () => this.#identify(undefined),
    );
  };

  #refuse(failure: TransportFailure): void {
    this.#unfit = failure;
    this.#failParked(failure);
  }

  #identify(runId: string | undefined): void {
    if (runId !== undefined) {
      if (this.#runId !== undefined && this.#runId !== runId) this.#generation += 1;
      this.#runId = runId;
      this.#subscriber.follow(runId);
    }
    if (this.#client.status === "ready") this.#writeParked();
  }

  #writeParked(): void {
    this.#identified = true;
    const parked = this.#parked;
    this.#parked = [];
    write(parked, this.#route, this.#node?.stream);
  }

  readonly #onClose = (): void => {
    this.#identified = false;
    this.#unfit = undefined;
    this.#endProbe();
    this.#lastFailure ??= CLOSED_EARLY;
  };

  readonly #onEnd = (): void => {
    this.#failParked(this.#lastFailure ?? ENDED);
  };

  #failParked(failure: TransportFailure): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const command of parked) command.fail(failure);
  }
}

/**
 * Writes commands one after the other: ioredis matches replies in order. Corked, they leave in one system call.
 * Names are in capitals, so that ioredis's reply transformers, keyed by small letters, leave replies as they are.
 */
function write(
  commands: readonly CommandInFlight[],
  route: (command: RedisCommand) => IoredisLike,
  stream?: IoredisNode["stream"],
): void {
  stream?.cork();
  for (const pending of commands) {
    if (pending.settled) continue;
    pending.markSent();
    const [name, ...args] = pending.command;
    route(pending.command)
      .call(name, ...args)
      .then(
        (reply) => pending.succeed(reply as RedisReply),
        (error: unknown) => pending.fail(toFailure(error)),
      );
  }
  stream?.uncork();
}

/** A channel's messages go through one node, or they would overtake each other; ioredis would pick one at random. */
function publisherFor(cluster: IoredisCluster, channel: string): IoredisLike {
  const masters = cluster.nodes("master");
  return masters[calculateSlot(channel) % masters.length] ?? cluster;
}

/** Whether the server refused to open the database that the options name. */
function isOfSelect(error: unknown): boolean {
  if (!(error instanceof Error) || !("command" in error)) return false;
  const { command } = error;
  return typeof command === "object" && command !== null && "name" in command && command.name === "select";
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
