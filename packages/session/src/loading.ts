import { HoldfastError, SerializationError, type StandardSchema, ValidationError, validate } from "@holdfast/core";
import type { SessionContext } from "./context.ts";
import { Draft } from "./draft.ts";
import { dataName } from "./field-names.ts";
import type { Dead, DeadStatus, Live, Origin } from "./origin.ts";
import { RequestFacts, type SessionInput } from "./request-facts.ts";
import { readCookies } from "./session-cookie.ts";
import { sha256 } from "./sha256.ts";
import { parseToken, type Token } from "./token.ts";

/** Of several cookies of the same name, which none of them being alive is told of. */
const TELLING: readonly DeadStatus[] = ["replaced", "revoked", "expired", "unknown", "tampered"];

/** Codes of errors that are the store's. */
const FAULTS = new Set(["BACKEND_UNAVAILABLE", "BACKEND_TIMEOUT", "BACKEND_REJECTED", "QUOTA_EXCEEDED"]);

const NOTHING: Origin = { kind: "none" };

/** Finds the session that a request's cookies lead to. */
export class Loading<Data extends object> {
  readonly #context: SessionContext<Data>;

  constructor(context: SessionContext<Data>) {
    this.#context = context;
  }

  /** @returns At once for a visitor: even a promise would cost one a part of what a bare answer does. */
  load(input: SessionInput): Draft | Promise<Draft> {
    const facts = new RequestFacts(input);
    return facts.cookieHeader === undefined ? new Draft(NOTHING, facts) : this.#load(facts);
  }

  async #load(facts: RequestFacts): Promise<Draft> {
    const draft = new Draft(await this.#find(facts), facts);
    const { schema } = this.#context.options;
    if (draft.live && schema) await this.#check(draft, draft.live, schema);
    return draft;
  }

  /** Looks a session up again, without moving its end. */
  async reload(live: Live): Promise<Live | undefined> {
    const found = await this.#lookUp(live.token, false);
    return found.kind === "live" && !found.superseded ? found : undefined;
  }

  /** What has become of a session that a commit did not find. */
  async fateOf(live: Live): Promise<DeadStatus> {
    const found = await this.#lookUp(live.token, false);
    return found.kind === "live" ? "replaced" : found.status;
  }

  async #find(facts: RequestFacts): Promise<Origin> {
    const { cookie, emit } = this.#context;
    const texts = cookie.read(facts);
    try {
      const found = texts.length === 0 ? undefined : await this.#firstAlive(texts, !facts.isPrefetch);
      if (found?.kind === "live") return found;
      if (found?.kind === "dead") emit?.({ type: "refused", status: found.status });
      return (await this.#import(facts)) ?? found ?? NOTHING;
    } catch (error) {
      return this.#withoutStore(error);
    }
  }

  async #firstAlive(texts: readonly string[], slides: boolean): Promise<Origin> {
    let status: DeadStatus = "tampered";
    for (const text of texts) {
      const token = parseToken(text);
      if (!token) continue;
      const found = await this.#lookUp(token, slides);
      if (found.kind === "live") return found;
      if (TELLING.indexOf(found.status) < TELLING.indexOf(status)) status = found.status;
    }
    return dead(status);
  }

  async #lookUp(token: Token, slides: boolean): Promise<Live | Dead> {
    const { store, bounds, keys, options } = this.#context;
    const { idleMs, throttleMs } = options;
    const hashed = sha256(token.text);
    const digest = typeof hashed === "string" ? hashed : await hashed;
    const found = await store.load(
      { keys: keys.keysOf(token), digest, idleMs, throttleMs: slides ? throttleMs : undefined },
      bounds,
    );
    if (found.kind !== "active") return dead(found.kind);
    return { kind: "live", token, digest, record: found.record, superseded: found.superseded };
  }

  async #import({ cookieHeader }: RequestFacts): Promise<Origin | undefined> {
    const { importSession } = this.#context;
    if (!importSession) return undefined;
    const imported = await importSession(readCookies(cookieHeader));
    return imported && { kind: "imported", imported };
  }

  /** @throws The error, unless it is the store's and requests are to go on without. */
  #withoutStore(error: unknown): Origin {
    const { options, emit } = this.#context;
    if (!(error instanceof HoldfastError) || !FAULTS.has(error.code)) throw error;
    emit?.({ type: "storeError", operation: "load", error });
    if (options.onStoreError === "throw") throw error;
    return { kind: "unavailable", error };
  }

  /** Checks what was stored: perhaps by an earlier version of the application. */
  async #check(draft: Draft, { token }: Live, schema: StandardSchema<Data>): Promise<void> {
    const { options, emit } = this.#context;
    try {
      const valid = await validate(schema, draft.all(), "The session's data");
      draft.fields.amend(Object.entries(valid).map(([field, value]) => [dataName(field), value]));
    } catch (error) {
      const isInvalid = error instanceof ValidationError || error instanceof SerializationError;
      if (!isInvalid || options.onInvalid === "throw") throw error;
      emit?.({ type: "invalid", id: token.handle, error });
      draft.fields.unsetAll();
    }
  }
}

function dead(status: DeadStatus): Dead {
  return { kind: "dead", status, isLate: status === "replaced" };
}
