import {
  type BackendWith,
  createEmitter,
  type Duration,
  type EventListener,
  parseDuration,
  requireCapability,
  SerializationError,
} from "@holdfast/core";
// At run time: only its Store makes sessions and cookies of what is loaded.
import session from "express-session";
import type { SessionEvent } from "./events.ts";
import { dataName, fieldOf } from "./field-names.ts";
import { type Known, SidSessions } from "./sid-sessions.ts";

export interface HoldfastStoreOptions {
  /** Where sessions are kept. */
  readonly backend: BackendWith<"sessions">;
  /** Separates these sessions from others on the same store. @default "express-session" */
  readonly namespace?: string;
  /** How long a session lives unused whose cookie has no `maxAge`. @default "1d" */
  readonly ttl?: Duration;
  /** How long a session lives at most, however much it is used. @default without limit */
  readonly absoluteTimeout?: Duration;
  /** A use moves a session's end only if it gains more than this, or than a tenth of a session's life. @default "1m" */
  readonly touchThrottle?: Duration;
  /**
   * Told what express-session has no way to say: `discarded`, changes to a session that had ended; `conflict`, changes of
   * the same fields at the same time; `storeError`, where nobody waits for an answer.
   */
  readonly events?: EventListener<SessionEvent>;
}

type Done = (error?: unknown) => void;
type Found = (error: unknown, data?: session.SessionData | null) => void;

const ROUNDED_TO_MS = 10;
/** A hundred years: the longest duration that there is. */
const NO_LIMIT_MS = 3_153_600_000_000;

/**
 * A store for express-session: `session({ store: holdfastStore({ backend }), … })`.
 *
 * Requests at the same time keep each other's fields; of the same field, the last one saved wins. A session that was
 * destroyed, or has expired, is not brought back by a request that loaded it before: what that one saves is dropped, and
 * its response is sent as usual. Ids are stored as digests. A session lives as long as its cookie says.
 *
 * There is no `all`, `length` or `clear`: no store is asked to go through all its keys.
 *
 * @throws {RangeError} A duration is out of its range.
 * @throws {InvalidKeyError} The namespace is not one.
 * @throws {UnsupportedCapabilityError} The backend has no store for sessions.
 */
export function holdfastStore(options: HoldfastStoreOptions): HoldfastStore {
  return new HoldfastStore(options);
}

class HoldfastStore extends session.Store {
  readonly #sessions: SidSessions;
  readonly #ttlMs: number;
  readonly #emit: EventListener<SessionEvent> | undefined;
  /** What the sessions and data that were handed out are made of. */
  readonly #known = new WeakMap<object, Known>();
  readonly #turns = new WeakMap<object, Promise<void>>();

  constructor(options: HoldfastStoreOptions) {
    super();
    requireCapability(options.backend, "sessions", "holdfastStore");
    const {
      backend,
      namespace = "express-session",
      ttl = "1d",
      absoluteTimeout,
      touchThrottle = "1m",
      events,
    } = options;
    this.#emit = createEmitter(events);
    this.#ttlMs = parseDuration(ttl, "ttl");
    this.#sessions = new SidSessions({
      store: backend.sessions,
      namespace,
      absoluteMs: parseDuration(absoluteTimeout ?? NO_LIMIT_MS, "absoluteTimeout"),
      throttleMs: parseDuration(touchThrottle, "touchThrottle"),
      emit: this.#emit,
    });
  }

  override get(sid: string, done: Found): void {
    this.#get(sid).then((data) => done(null, data), done);
  }

  override set(sid: string, data: session.SessionData, done?: Done): void {
    this.#tell("set", () => this.#set(sid, data), done);
  }

  override touch(sid: string, data: session.SessionData, done?: Done): void {
    this.#tell("touch", () => this.#touch(sid, data), done);
  }

  override destroy(sid: string, done?: Done): void {
    this.#tell("destroy", () => this.#sessions.remove(sid), done);
  }

  /** Makes the request's session of data that `get` returned. */
  override createSession(
    request: Parameters<session.Store["createSession"]>[0],
    data: session.SessionData,
  ): session.Session & session.SessionData {
    const created = super.createSession(request, data);
    this.#remember(created, this.#known.get(data));
    return created;
  }

  async #get(sid: string): Promise<session.SessionData | null> {
    const known = await this.#sessions.load(sid);
    if (!known) return null;
    const data = dataOf(known);
    this.#remember(data, known);
    return data;
  }

  #set(sid: string, data: session.SessionData): Promise<void> {
    const ttlMs = this.#ttlOf(data);
    // As connect-redis does with a cookie that has expired.
    if (!(ttlMs > 0)) return this.#sessions.remove(sid);
    const texts = textsOf(data);
    return this.#inTurn(data, () => this.#sessions.save(sid, texts, this.#known.get(data), ttlMs));
  }

  #touch(sid: string, data: session.SessionData): Promise<void> {
    const ttlMs = this.#ttlOf(data);
    if (!(ttlMs > 0)) return this.#sessions.remove(sid);
    return this.#inTurn(data, () => this.#sessions.touch(sid, this.#known.get(data), ttlMs));
  }

  /** A request that saves twice does not wait for the first: the second is to know of it all the same. */
  #inTurn(data: object, work: () => Promise<Known | undefined>): Promise<void> {
    const turn = (this.#turns.get(data) ?? Promise.resolve()).then(async () => this.#remember(data, await work()));
    this.#turns.set(
      data,
      turn.catch(() => {}),
    );
    return turn;
  }

  #tell(operation: string, work: () => Promise<void>, done: Done | undefined): void {
    const fail = (error: unknown) => (done ? done(error) : this.#emit?.({ type: "storeError", operation, error }));
    // In an async function, so that what it throws at once goes the same way.
    (async () => work())().then(() => done?.(null), fail);
  }

  #remember(data: object, known: Known | undefined): void {
    if (known) this.#known.set(data, known);
  }

  #ttlOf({ cookie }: session.SessionData): number {
    return cookie?.expires ? new Date(cookie.expires).getTime() - Date.now() : this.#ttlMs;
  }
}

/** JSON, as stores of express-session keep it: values may have a `toJSON`. */
function textsOf(data: session.SessionData): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [field, value] of Object.entries(data)) {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) texts.set(dataName(field), field === "cookie" ? lastingPartOf(text) : text);
  }
  return texts;
}

/**
 * A cookie without what each request changes: its expiry, which follows from when the session ends, and the milliseconds
 * that `originalMaxAge` loses when a clock ticks while express-session computes it.
 */
function lastingPartOf(text: string): string {
  const { expires: _, ...cookie } = JSON.parse(text) as Record<string, unknown>;
  const { originalMaxAge } = cookie;
  if (typeof originalMaxAge !== "number") return JSON.stringify(cookie);
  return JSON.stringify({ ...cookie, originalMaxAge: Math.ceil(originalMaxAge / ROUNDED_TO_MS) * ROUNDED_TO_MS });
}

/** @throws {SerializationError} Something else was written there. */
function dataOf({ fields, endsAtMs }: Known): session.SessionData {
  const entries = Array.from(fields, ([name, { text }]) => [fieldOf(name), parse(fieldOf(name), text)] as const);
  const data = Object.fromEntries(entries) as unknown as session.SessionData;
  if (typeof data.cookie?.originalMaxAge === "number") data.cookie.expires = new Date(endsAtMs);
  return data;
}

/** The engine's own message would quote the text. */
function parse(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SerializationError("A session's field that is stored is not JSON. Destroy the session.", `$.${field}`);
  }
}

export type { HoldfastStore };
