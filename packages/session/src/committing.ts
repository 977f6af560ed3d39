import {
  byteLength,
  type SessionChange,
  type SessionCommitResult,
  SessionConflictError,
  type SessionCreation,
  type SessionField,
  type SessionRecord,
  ValueTooLargeError,
  validate,
  WrongTypeError,
} from "@holdfast/core";
import type { SessionContext } from "./context.ts";
import type { Draft, Sent, SignIn } from "./draft.ts";
import { dataField, fieldOf } from "./field-names.ts";
import type { Loading } from "./loading.ts";
import { nextToken } from "./next-token.ts";
import { createCommitId, createEpoch } from "./nonces.ts";
import type { DeadStatus, Live } from "./origin.ts";
import { forgetCookie } from "./session-cookie.ts";
import { sha256 } from "./sha256.ts";
import { readValue } from "./stored-value.ts";
import type { Token } from "./token.ts";

/** How often a sign-in begins again because other requests keep changing the session that it replaces. */
const MAX_ATTEMPTS = 10;

/** Sends what requests have recorded. */
export class Committing<Data extends object> {
  readonly #context: SessionContext<Data>;
  readonly #loading: Loading<Data>;
  readonly #underWay = new Map<Draft, Promise<void>>();

  constructor(context: SessionContext<Data>, loading: Loading<Data>) {
    this.#context = context;
    this.#loading = loading;
  }

  /**
   * @returns The Set-Cookie headers that the response needs: mostly none.
   * @throws {SessionConflictError | ValidationError | ValueTooLargeError | WrongTypeError} Nothing was written.
   */
  async commit(draft: Draft): Promise<string[]> {
    // One after the other, or both would send the same.
    while (this.#underWay.has(draft)) await this.#underWay.get(draft);
    if (!draft.isChanged) return draft.hasDeadCookie ? [this.#context.cookie.clear(draft.facts)] : [];
    const work = this.#send(draft, draft.beginCommit()).finally(() => {
      draft.endCommit();
      this.#underWay.delete(draft);
    });
    this.#underWay.set(
      draft,
      work.then(
        () => {},
        () => {},
      ),
    );
    return work;
  }

  async #send(draft: Draft, sent: Sent): Promise<string[]> {
    const { origin, ended, live } = draft;
    if (origin.kind === "unavailable") throw origin.error;
    const texts = draft.fields.texts(sent.fields);
    if (sent.fields.size > 0) await this.#check(texts);
    if (ended) await this.#end(draft, ended);
    if (sent.signIn) return this.#signIn(draft, sent, sent.signIn);
    if (live) return this.#commitTo(draft, live, sent, texts);
    if (origin.kind === "dead" && origin.isLate) return this.#discard(draft, origin.status);
    if (texts.size === 0) return [this.#context.cookie.clear(draft.facts)];
    return this.#begin(draft, sent);
  }

  async #commitTo(
    draft: Draft,
    live: Live,
    { fields, rotates }: Sent,
    texts: ReadonlyMap<string, string>,
  ): Promise<string[]> {
    const { store, keys, options, emit } = this.#context;
    if (live.superseded) return this.#discard(draft, "replaced");
    const token = rotates ? await nextToken(draft, keys) : live.token;
    const digest = rotates ? await sha256(token.text) : live.digest;
    const changes = draft.fields.changes(fields);
    const result = await store.commit(
      {
        keys: keys.keysOf(live.token),
        digest: live.digest,
        id: createCommitId(),
        changes,
        // The load has moved the end.
        idleMs: undefined,
        rotation: rotates ? { digest, graceMs: options.graceMs } : undefined,
      },
      this.#context.bounds,
    );
    if (result.kind === "gone") return this.#discard(draft, await this.#loading.fateOf(live));
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
    const record = { ...live.record, version: result.version, fields: fieldsAfter(live, texts, changes, result) };
    draft.settle({ ...live, token, digest, record });
    if (!rotates) return [];
    emit?.({ type: "rotated", id: token.handle, userId: record.userId });
    return [this.#context.cookie.write(token.text, draft.facts)];
  }

  async #begin(draft: Draft, sent: Sent): Promise<string[]> {
    const { store, emit } = this.#context;
    const creation = await this.#creationOf(draft, sent);
    // A handle that is taken is not a matter of luck: 96 bits of it are random.
    if (!(await store.create(creation, this.#context.bounds))) throw new Error("The session's handle is taken.");
    emit?.({ type: "created", id: creation.token.handle, userId: undefined });
    return this.#settleNew(draft, creation);
  }

  async #signIn(draft: Draft, sent: Sent, signIn: SignIn): Promise<string[]> {
    const { store, keys } = this.#context;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (signIn.renews && (!draft.live || draft.live.superseded)) return this.#discard(draft, "replaced");
      // A token that was replaced carries nothing over: who has it may not be who has the session.
      if (draft.live?.superseded) draft.rebase(undefined);
      const { live } = draft;
      const creation = await this.#creationOf(draft, sent);
      if (!live) {
        if (await store.create(creation, this.#context.bounds)) return this.#signedIn(draft, creation, signIn);
        throw new Error("The session's handle is taken.");
      }
      const previous = { keys: keys.keysOf(live.token), digest: live.digest, version: live.record.version };
      const outcome = await store.replace({ previous, next: creation }, this.#context.bounds);
      if (outcome === "replaced") return this.#signedIn(draft, creation, signIn);
      draft.rebase(outcome === "gone" ? undefined : await this.#loading.reload(live));
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

  async #creationOf(draft: Draft, { signIn, fields }: Sent): Promise<Creation> {
    const { keys, options } = this.#context;
    const token = await nextToken(draft, keys);
    return {
      token,
      keys: keys.keysOf(token),
      digest: await sha256(token.text),
      userId: signIn?.userId,
      device: signIn?.device,
      fields: draft.fields.texts(fields),
      idleMs: options.idleMs,
      absoluteMs: options.absoluteMs,
      epoch: createEpoch(),
    };
  }

  async #end(draft: Draft, { token, record }: Live): Promise<void> {
    const { store, keys, emit } = this.#context;
    await store.remove(keys.keysOf(token), this.#context.bounds);
    draft.settleEnded();
    emit?.({ type: "ended", id: token.handle, userId: record.userId });
  }

  #discard(draft: Draft, status: DeadStatus): string[] {
    const id = draft.live?.token.handle;
    this.#context.emit?.({ type: "discarded", id, fields: draft.fields.changedNames.map(fieldOf) });
    draft.discard(status);
    return [];
  }

  async #check(texts: ReadonlyMap<string, string>): Promise<void> {
    const { schema, maxBytes } = this.#context.options;
    let bytes = 0;
    for (const [name, text] of texts) bytes += byteLength(name) + byteLength(text);
    if (bytes > maxBytes) {
      throw new ValueTooLargeError(
        `The session would have ${bytes} bytes, more than maxBytes, ${maxBytes}. Keep large data elsewhere, and its key in the session.`,
        bytes,
        maxBytes,
      );
    }
    if (schema) await validate(schema, dataOf(texts), "The session's data");
  }
}

type Committed = Extract<SessionCommitResult, { kind: "committed" }>;

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

/** The fields as they are once a commit is done: sums are the store's, which other requests may have added to. */
function fieldsAfter(
  { record }: Live,
  texts: ReadonlyMap<string, string>,
  changes: readonly SessionChange[],
  { version, numbers }: Committed,
): ReadonlyMap<string, SessionField> {
  const changed = new Set(changes.map(({ field }) => field));
  const after = new Map<string, SessionField>();
  for (const [name, text] of texts) {
    const kept = changed.has(name) ? undefined : record.fields.get(name);
    after.set(name, kept ?? { text, version });
  }
  const increments = changes.filter(({ kind }) => kind === "increment");
  for (const [index, { field }] of increments.entries()) after.set(field, { text: String(numbers[index]), version });
  return after;
}

function dataOf(texts: ReadonlyMap<string, string>): Record<string, unknown> {
  const data = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of texts) {
    const field = dataField(name);
    if (field !== undefined) data[field] = readValue(text);
  }
  return data;
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
