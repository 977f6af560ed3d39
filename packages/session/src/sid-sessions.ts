import {
  type EventListener,
  type SessionChange,
  type SessionCommitResult,
  SessionConflictError,
  type SessionField,
  type SessionKeys,
  type SessionStore,
} from "@holdfast/core";
import type { SessionEvent } from "./events.ts";
import { fieldOf } from "./field-names.ts";
import { createCommitId, createEpoch } from "./nonces.ts";
import { SessionKeySpace } from "./session-key-space.ts";
import { sha256 } from "./sha256.ts";
import { TAG_CHARACTERS } from "./token.ts";

/** How often a save begins again because others keep saving the same fields. */
const MAX_ATTEMPTS = 10;

type Fields = ReadonlyMap<string, SessionField>;
const NO_FIELDS: Fields = new Map();

/** What a caller has of a session: its fields as they were read or saved last, and when it ends unless it is used. */
export interface Known {
  readonly key: string;
  readonly fields: Fields;
  readonly endsAtMs: number;
}

export interface SidSessionsOptions {
  readonly store: SessionStore;
  readonly namespace: string;
  /** How long a session lives at most, in milliseconds. */
  readonly absoluteMs: number;
  /** A use moves a session's end only if that gains, or loses, more than this. */
  readonly throttleMs: number;
  readonly emit: EventListener<SessionEvent> | undefined;
}

/** Where a session is: by the digest of its id, which itself is nowhere in the store. */
interface Place {
  readonly keys: SessionKeys;
  readonly digest: string;
  /** Its public name. */
  readonly handle: string;
}

/**
 * Sessions with the ids of another library, which reads and saves each as a whole. Only what differs from what was read
 * is saved, and only where the session still is.
 */
export class SidSessions {
  readonly #options: SidSessionsOptions;
  readonly #keys: SessionKeySpace;

  /** @throws {InvalidKeyError} The namespace is not one. */
  constructor(options: SidSessionsOptions) {
    this.#options = options;
    this.#keys = new SessionKeySpace(options.namespace);
  }

  /** Does not move the session's end: for how long it lives, its data says. */
  async load(sid: string): Promise<Known | undefined> {
    const found = await this.#find(await this.#placeOf(sid));
    return typeof found === "string" ? undefined : found;
  }

  /**
   * Saves what differs from what is known of the session; of the same field, the last save wins. Where nothing is known
   * and there never was a session, it begins. One that has ended stays so.
   *
   * @returns What is known now; `undefined` if the session has ended.
   * @throws {SessionConflictError} Others keep saving the same fields.
   */
  async save(
    sid: string,
    texts: ReadonlyMap<string, string>,
    known: Known | undefined,
    ttlMs: number,
  ): Promise<Known | undefined> {
    const place = await this.#placeOf(sid);
    const found = known?.key === place.keys.session ? known : await this.#find(place);
    if (found === "unknown") return this.#create(place, texts, ttlMs);
    if (found === "ended") return this.#discard(place, [...texts.keys()]);
    const changed = namesOfChanges(found.fields, texts);
    if (changed.length === 0) return this.#touch(place, found, ttlMs);
    let { fields } = found;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const result = await this.#commit(place, changed, texts, fields, ttlMs);
      if (result.kind === "committed") return knownNow(place, texts, found.fields, result.version, ttlMs);
      const present = result.kind === "conflict" ? await this.#find(place) : "ended";
      if (typeof present === "string") return this.#discard(place, changed);
      this.#options.emit?.({ type: "conflict", id: place.handle, fields: changed.map(fieldOf) });
      fields = present.fields;
    }
    throw new SessionConflictError(
      "Other requests keep changing the same fields of this session; nothing was written. Try again.",
      changed.map(fieldOf),
    );
  }

  /** Moves a session's end. What has ended stays so. */
  async touch(sid: string, known: Known | undefined, ttlMs: number): Promise<Known | undefined> {
    const place = await this.#placeOf(sid);
    return this.#touch(place, known?.key === place.keys.session ? known : undefined, ttlMs);
  }

  async remove(sid: string): Promise<void> {
    const { keys } = await this.#placeOf(sid);
    await this.#options.store.remove(keys);
  }

  async #find({ keys, digest }: Place): Promise<Known | "unknown" | "ended"> {
    const found = await this.#options.store.load({ keys, digest, idleMs: 1, throttleMs: undefined });
    if (found.kind !== "active") return found.kind === "unknown" ? "unknown" : "ended";
    const { fields, remainingMs } = found.record;
    return { key: keys.session, fields, endsAtMs: Date.now() + remainingMs };
  }

  async #touch(place: Place, known: Known | undefined, ttlMs: number): Promise<Known | undefined> {
    const gainMs = known ? ttlMs - (known.endsAtMs - Date.now()) : Number.POSITIVE_INFINITY;
    // Sessions that are short to begin with must not end for want of a touch.
    const throttleMs = Math.min(this.#options.throttleMs, Math.ceil(ttlMs / 10));
    if (Math.abs(gainMs) <= throttleMs) return known;
    if (gainMs > 0) {
      // Of requests at the same time, the first moves it.
      const { keys, digest } = place;
      await this.#options.store.load({ keys, digest, idleMs: ttlMs, throttleMs });
    } else {
      await this.#commit(place, [], new Map(), new Map(), ttlMs);
    }
    return known && { ...known, endsAtMs: Date.now() + ttlMs };
  }

  async #create(place: Place, texts: ReadonlyMap<string, string>, ttlMs: number): Promise<Known | undefined> {
    const { keys, digest } = place;
    const { store, absoluteMs } = this.#options;
    const created = await store.create({
      keys,
      digest,
      userId: undefined,
      device: undefined,
      fields: texts,
      idleMs: ttlMs,
      absoluteMs,
      epoch: createEpoch(),
    });
    return created ? knownNow(place, texts, NO_FIELDS, 1, ttlMs) : this.#discard(place, [...texts.keys()]);
  }

  #commit(
    { keys, digest }: Place,
    changed: readonly string[],
    texts: ReadonlyMap<string, string>,
    present: Fields,
    ttlMs: number,
  ): Promise<SessionCommitResult> {
    const changes = changed.map((field): SessionChange => {
      const seen = present.get(field)?.version;
      const text = texts.get(field);
      return text === undefined ? { kind: "unset", field, seen } : { kind: "set", field, text, seen };
    });
    return this.#options.store.commit({ keys, digest, id: createCommitId(), changes, idleMs: ttlMs });
  }

  #discard({ handle }: Place, changed: readonly string[]): undefined {
    this.#options.emit?.({ type: "discarded", id: handle, fields: changed.map(fieldOf) });
  }

  async #placeOf(sid: string): Promise<Place> {
    const digest = await sha256(sid);
    const [tag, handle] = [digest.slice(0, TAG_CHARACTERS), digest.slice(TAG_CHARACTERS)];
    return { keys: this.#keys.keysOf({ tag, handle }), digest, handle };
  }
}

function namesOfChanges(before: Fields, texts: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...texts.keys()]);
  return [...names].filter((name) => before.get(name)?.text !== texts.get(name));
}

function knownNow(
  { keys }: Place,
  texts: ReadonlyMap<string, string>,
  before: Fields,
  version: number,
  ttlMs: number,
): Known {
  const fields = new Map<string, SessionField>();
  for (const [name, text] of texts) {
    const kept = before.get(name);
    fields.set(name, kept?.text === text ? kept : { text, version });
  }
  return { key: keys.session, fields, endsAtMs: Date.now() + ttlMs };
}
