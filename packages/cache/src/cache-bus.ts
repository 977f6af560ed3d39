import type { Announcement, BusSubscription, MessageBus } from "@holdfast/core";
import { createToken } from "./token.ts";

/** What was invalidated, by name. */
export interface Invalidated {
  readonly keys: readonly string[];
  readonly tags: readonly string[];
  readonly all: boolean;
}

export interface CacheBusHandlers {
  onInvalidated(invalidated: Invalidated): void;
  /** A computation of the key has ended somewhere. */
  onWake(key: string): void;
  /** Every message from now on arrives. */
  onUp(): void;
  /** Messages are, or may have been, missed. */
  onDown(): void;
}

type Message =
  | [kind: "void", sender: string, sequence: number, keys: string[], tags: string[], all: 0 | 1]
  | [kind: "wake", key: string];

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** A namespace's messages: names of what is void, never values. */
export class CacheBus {
  readonly #bus: MessageBus;
  readonly #channel: string;
  readonly #handlers: CacheBusHandlers;
  readonly #sender = createToken();
  readonly #lastSequence = new Map<string, number>();
  #sequence = 0;
  #started: Promise<void> | undefined;
  #subscription: BusSubscription | undefined;
  #closed = false;

  constructor(bus: MessageBus, channel: string, handlers: CacheBusHandlers) {
    this.#bus = bus;
    this.#channel = channel;
    this.#handlers = handlers;
  }

  /** Begins to listen, once; tries again by itself until it is closed. */
  start(): Promise<void> {
    this.#started ??= this.#subscribe(FIRST_DELAY_MS);
    return this.#started;
  }

  /** Tells other processes what is void. Made once for each invalidation: listeners take a gap in the sequence for a loss. */
  announceVoid({ keys, tags, all }: Invalidated): Announcement {
    this.#sequence += 1;
    return this.#announce(["void", this.#sender, this.#sequence, [...keys], [...tags], all ? 1 : 0]);
  }

  /** Tells those who wait elsewhere that the key's computation has ended. */
  announceWake(key: string): Announcement {
    return this.#announce(["wake", key]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#handlers.onDown();
    await this.#subscription?.unsubscribe();
  }

  #announce(message: Message): Announcement {
    return { channel: this.#channel, message: encode(message) };
  }

  async #subscribe(delayMs: number): Promise<void> {
    if (this.#closed) return;
    try {
      this.#subscription = await this.#bus.subscribe(this.#channel, {
        onMessage: (text) => this.#receive(text),
        onLost: () => this.#handlers.onDown(),
        onGap: () => this.#restart(),
      });
      this.#restart();
    } catch {
      // The store is away. Until it is back the tier is not trusted, so nothing is lost by waiting.
      const timer = setTimeout(() => void this.#subscribe(Math.min(delayMs * 2, LONGEST_DELAY_MS)), delayMs);
      if (typeof timer === "object" && "unref" in timer) (timer as { unref(): void }).unref();
    }
  }

  #restart(): void {
    this.#lastSequence.clear();
    this.#handlers.onDown();
    this.#handlers.onUp();
  }

  #receive(text: string): void {
    const message = decode(text);
    if (message?.[0] === "wake") {
      this.#handlers.onWake(message[1]);
      return;
    }
    if (message?.[0] !== "void") return;
    const [, sender, sequence, keys, tags, all] = message;
    if (sender === this.#sender) return;
    const last = this.#lastSequence.get(sender);
    if (last !== undefined && sequence !== last + 1) this.#restart();
    this.#lastSequence.set(sender, sequence);
    this.#handlers.onInvalidated({ keys, tags, all: all === 1 });
  }
}

/** Lines, commas and quotes do not survive every client's event stream. */
function encode(message: Message): string {
  return encodeURIComponent(JSON.stringify(message));
}

/** @returns `undefined` for what is not one of ours: anyone may publish. */
function decode(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(decodeURIComponent(text));
    return Array.isArray(message) ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
