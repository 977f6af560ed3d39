import {
  byteLength,
  randomText,
  SessionConflictError,
  type SessionCreation,
  type SessionField,
  type SessionRecord,
  ValueTooLargeError,
  validate,
  WrongTypeError,
} from "@holdfast/core";
import type { Draft, SignIn } from "./draft.ts";
import { fieldOf } from "./field-names.ts";
import type { Loading, SessionContext } from "./loading.ts";
import { nextToken } from "./next-token.ts";
import type { Live } from "./origin.ts";
import { forgetCookie } from "./session-cookie.ts";
import { sha256 } from "./sha256.ts";
import type { Token } from "./token.ts";

/** How often a sign-in begins again because other requests keep changing the session that it replaces. */
const MAX_ATTEMPTS = 10;
const EPOCH_CHARACTERS = 16;
const COMMIT_ID_CHARACTERS = 8;

/** Sends what requests have recorded. */
export class Committing<Data extends object> {
  readonly #context: SessionContext<Data>;
  readonly #loading: Loading<Data>;

  constructor(context: SessionContext<Data>, loading: Loading<Data>) {
    this.#context = context;
    this.#loading = loading;
  }

  /**
   * @returns The Set-Cookie headers that the response needs: mostly none.
   * @throws {SessionConflictError | ValidationError | ValueTooLargeError | WrongTypeError} Nothing was written.
   */
  async commit(draft: Draft): Promise<string[]> {
    const { origin, ended, fields, signingIn, facts } = draft;
    if (!draft.isChanged) return draft.hasDeadCookie ? [this.#context.cookie.clear(facts)] : [];
    if (origin.kind === "unavailable") throw origin.error;
    if (fields.isChanged) await this.#check(draft);
    if (ended) await this.#end(draft, ended);
    if (signingIn) return this.#signIn(draft, signingIn);
    if (draft.live) return this.#commitTo(draft, draft.live);
    if (origin.kind === "dead" && origin.isLate) return this.#discard(draft);
    if (fields.texts().size === 0) return [this.#context.cookie.clear(facts)];
    return this.#begin(draft);
  }

  async #commitTo(draft: Draft, live: Live): Promise<string[]> {
    const { store, keys, options, emit } = this.#context;
    const { fields, rotates } = draft;
    if (live.superseded) return this.#discard(draft);
    const token = rotates ? await nextToken(draft, keys) : live.token;
    const digest = rotates ? await sha256(token.text) : live.digest;
    const changes = fields.changes();
    const result = await store.commit(
      {
        keys: keys.keysOf(live.token),
        digest: live.digest,
        id: randomText(COMMIT_ID_CHARACTERS),
        changes,
        idleMs: options.idleMs,
        rotation: rotates ? { digest, graceMs: options.graceMs } : undefined,
      },
      this.#bounds,
    );
    if (result.kind === "gone") return this.#discard(draft);
    if (result.kind === "conflict") {
      const names = result.fields.map(fieldOf);
      emit?.({ type: "conflict", id: live.token.handle, fields: names });
      throw new SessionConflictError(
        `Another request changed ${list(names)} of this session meanwhile; nothing was written. Load the session again and decide, or use increment() for counters.`,
        names,
      );
    }
    if (result.kind === "notANumber") {
      throw new WrongTypeError(
        `The session's ${list(result.fields.map(fieldOf))} cannot be incremented: no whole number, or the sum would leave ±(2^53 − 1). Nothing was written.`,
      );
    }
    const record = { ...live.record, version: result.version, fields: this.#after(draft, result.version) };
    draft.settle({ ...live, token, digest, record });
    if (!rotates) return [];
    emit?.({ type: "rotated", id: token.handle, userId: record.userId });
    return [this.#context.cookie.write(token.text, draft.facts)];
  }

  /** The fields as they are once the commit is done. */
  #after(draft: Draft, version: number): ReadonlyMap<string, SessionField> {
    const before = draft.live?.record.fields;
    const changed = new Set(draft.fields.changedNames);
    const after = new Map<string, SessionField>();
    for (const [name, text] of draft.fields.texts()) {
      const kept = changed.has(name) ? undefined : before?.get(name);
      after.set(name, kept ?? { text, version });
    }
    return after;
  }

  async #begin(draft: Draft): Promise<string[]> {
    const { store, emit } = this.#context;
    const creation = await this.#creationOf(draft, undefined);
    // A handle that is taken is not a matter of luck: 96 bits of it are random.
    if (!(await store.create(creation, this.#bounds))) throw new Error("The session's handle is taken.");
    emit?.({ type: "created", id: creation.token.handle, userId: undefined });
    return this.#settleNew(draft, creation);
  }

  async #signIn(draft: Draft, signIn: SignIn): Promise<string[]> {
    const { store, keys, emit } = this.#context;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (signIn.renews && (!draft.live || draft.live.superseded)) return this.#discard(draft);
      // A token that was replaced carries nothing over: who has it may not be who has the session.
      if (draft.live?.superseded) draft.rebase(undefined);
      const { live } = draft;
      const creation = await this.#creationOf(draft, signIn);
      if (!live) {
        if (await store.create(creation, this.#bounds)) return this.#signedIn(draft, creation, signIn);
        throw new Error("The session's handle is taken.");
      }
      const previous = { keys: keys.keysOf(live.token), digest: live.digest, version: live.record.version };
      const outcome = await store.replace({ previous, next: creation }, this.#bounds);
      if (outcome === "replaced") return this.#signedIn(draft, creation, signIn);
      draft.rebase(outcome === "gone" ? undefined : await this.#loading.reload(live));
      if (outcome === "conflict") emit?.({ type: "conflict", id: live.token.handle, fields: [] });
    }
    throw new SessionConflictError(
      "Other requests keep changing the session that this sign-in replaces; nothing was written. Try again.",
      [],
    );
  }

  #signedIn(draft: Draft, creation: Creation, { userId }: SignIn): Promise<string[]> {
    this.#context.emit?.({ type: "rotated", id: creation.token.handle, userId });
    return this.#settleNew(draft, creation);
  }

  async #settleNew(draft: Draft, creation: Creation): Promise<string[]> {
    const { emit, cookie } = this.#context;
    const { token, digest, userId } = creation;
    const imported = draft.origin.kind === "imported" ? draft.origin.imported : undefined;
    draft.settle({ kind: "live", token, digest, record: recordOf(creation), superseded: false });
    const cookies = [cookie.write(token.text, draft.facts)];
    if (!imported) return cookies;
    emit?.({ type: "imported", id: token.handle, userId });
    await imported.forget?.();
    return imported.cookie === undefined ? cookies : [...cookies, forgetCookie(imported.cookie)];
  }

  async #creationOf(draft: Draft, signIn: SignIn | undefined): Promise<Creation> {
    const { keys, options } = this.#context;
    const token = await nextToken(draft, keys);
    return {
      token,
      keys: keys.keysOf(token),
      digest: await sha256(token.text),
      userId: signIn?.userId,
      device: signIn?.device,
      fields: draft.fields.texts(),
      idleMs: options.idleMs,
      absoluteMs: options.absoluteMs,
      epoch: randomText(EPOCH_CHARACTERS),
    };
  }

  async #end(draft: Draft, { token, record }: Live): Promise<void> {
    const { store, keys, emit } = this.#context;
    await store.remove(keys.keysOf(token), this.#bounds);
    draft.settleEnded();
    emit?.({ type: "ended", id: token.handle, userId: record.userId });
  }

  #discard(draft: Draft): string[] {
    const id = draft.live?.token.handle;
    this.#context.emit?.({ type: "discarded", id, fields: draft.fields.changedNames.map(fieldOf) });
    draft.discard();
    return [];
  }

  async #check(draft: Draft): Promise<void> {
    const { schema, maxBytes } = this.#context.options;
    let bytes = 0;
    for (const [name, text] of draft.fields.texts()) bytes += byteLength(name) + byteLength(text);
    if (bytes > maxBytes) {
      throw new ValueTooLargeError(
        `The session would have ${bytes} bytes, more than maxBytes, ${maxBytes}. Keep large data elsewhere, and its key in the session.`,
        bytes,
        maxBytes,
      );
    }
    if (schema) await validate(schema, draft.all(), "The session's data");
  }

  get #bounds(): { timeoutMs: number } | undefined {
    const { timeoutMs } = this.#context.options;
    return timeoutMs === undefined ? undefined : { timeoutMs };
  }
}

interface Creation extends SessionCreation {
  readonly token: Token;
}

/** What a session's creation has made of it, as a load would tell. */
function recordOf({ fields, userId, device, idleMs, absoluteMs }: SessionCreation): SessionRecord {
  const now = Date.now();
  return {
    fields: new Map([...fields].map(([name, text]) => [name, { text, version: 1 }])),
    version: 1,
    userId,
    device,
    createdAtMs: now,
    deadlineMs: now + absoluteMs,
    remainingMs: idleMs,
  };
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
