import { assertKey, type SessionField } from "@holdfast/core";
import { assertField, dataField, dataName, flashField, flashName } from "./field-names.ts";
import type { DeadStatus, Live, Origin } from "./origin.ts";
import { RecordedFields, type Records } from "./recorded-fields.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { SessionStatus } from "./session.ts";
import type { Token } from "./token.ts";

/** Who the session that replaces this one at the next commit is of. */
export interface SignIn {
  readonly userId: string | undefined;
  readonly device: string | undefined;
  /** Nobody has shown who it is: there is only what the session said, so one that has ended is not to come back. */
  readonly renews: boolean;
}

/** What a commit that is under way has sent. */
export interface Sent {
  readonly signIn: SignIn | undefined;
  readonly rotates: boolean;
  readonly fields: Records;
  /** Meanwhile the request has ended its session. */
  isEnded: boolean;
}

const NO_FIELDS: ReadonlyMap<string, SessionField> = new Map();

/** A request's session: what was loaded, what is recorded, and what a commit is to do. */
export class Draft {
  readonly facts: RequestFacts;
  readonly fields: RecordedFields;
  /** The token that the next commit gives out, where it is known before. */
  next: Token | undefined;
  /** Reading a flashed field leaves it: where nothing is committed, or nobody may see the page. */
  keepsFlash: boolean;
  #origin: Origin;
  #signIn: SignIn | undefined;
  #rotates = false;
  /** The session that a commit is to end. */
  #ended: Live | undefined;
  /** The same, where the store did not say which it is. */
  #endsUnseen = false;
  #sent: Sent | undefined;

  constructor(origin: Origin, facts: RequestFacts) {
    this.#origin = origin;
    this.facts = facts;
    this.keepsFlash = facts.isPrefetch;
    this.fields = new RecordedFields(origin.kind === "live" ? origin.record.fields : NO_FIELDS);
    if (origin.kind !== "imported") return;
    const { userId, data } = origin.imported;
    for (const [field, value] of Object.entries(data))
      if (field !== "__proto__") this.fields.set(dataName(field), value);
    if (userId !== undefined) this.signIn(userId, undefined);
  }

  get origin(): Origin {
    return this.#origin;
  }

  /** The session that was loaded and is not to be ended. */
  get live(): Live | undefined {
    return this.#origin.kind === "live" ? this.#origin : undefined;
  }

  get signingIn(): SignIn | undefined {
    return this.#signIn;
  }

  get rotates(): boolean {
    return this.#rotates;
  }

  get ended(): Live | undefined {
    return this.#ended;
  }

  /** Whether there is anything to send to the store. */
  get isChanged(): boolean {
    if (this.fields.isChanged || this.#signIn !== undefined || this.#rotates) return true;
    return this.#ended !== undefined || this.#endsUnseen;
  }

  /** Whether the browser had better forget its cookie. Not where it has, or soon gets, a newer one. */
  get hasDeadCookie(): boolean {
    return this.#origin.kind === "dead" && !this.#origin.isLate && !this.facts.isPrefetch;
  }

  get status(): SessionStatus {
    const origin = this.#origin;
    if (origin.kind === "live") return "active";
    if (origin.kind === "dead") return origin.status;
    return origin.kind === "unavailable" ? "unavailable" : "new";
  }

  get userId(): string | undefined {
    return this.#signIn?.userId ?? this.live?.record.userId;
  }

  has(field: string): boolean {
    return this.hasFlash(field) || this.fields.has(dataName(field));
  }

  hasFlash(field: string): boolean {
    return this.fields.has(flashName(field));
  }

  get(field: string): unknown {
    if (!this.hasFlash(field)) return this.fields.get(dataName(field));
    const flashed = flashName(field);
    const value = this.fields.get(flashed);
    if (!this.keepsFlash) this.fields.unset(flashed);
    return value;
  }

  all(): Record<string, unknown> {
    return this.#collect(dataField);
  }

  /** What was flashed and not read yet. */
  flashes(): Record<string, unknown> {
    return this.#collect(flashField);
  }

  set(field: string, value: unknown): void {
    assertField(field);
    this.fields.set(dataName(field), value);
  }

  flash(field: string, value: unknown): void {
    assertField(field);
    this.fields.set(flashName(field), value);
  }

  unset(field: string): void {
    this.fields.unset(dataName(field));
  }

  increment(field: string, by: number): number {
    assertField(field);
    return this.fields.increment(dataName(field), by);
  }

  signIn(userId: string, device: string | undefined): void {
    assertKey(userId, "user id");
    if (device !== undefined) assertKey(device, "device's name");
    const { live } = this;
    // What one user kept is not another's to see.
    if (live?.record.userId !== undefined && live.record.userId !== userId) this.end();
    this.#signIn = { userId, device, renews: false };
    this.next = undefined;
  }

  /** Another session takes the place of this one; the token is worthless at once. */
  renew(): void {
    if (!this.live || this.#signIn) return;
    const { userId, device } = this.live.record;
    this.#signIn = { userId, device, renews: true };
    this.next = undefined;
  }

  rotate(): void {
    this.#rotates = this.live !== undefined;
  }

  end(): void {
    this.#ended ??= this.live;
    // A cookie that led nowhere is still to be forgotten, and an unanswered store still to be told.
    if (this.live || this.#origin.kind === "imported") this.#origin = { kind: "none" };
    this.#endsUnseen = this.#origin.kind === "unavailable";
    this.#signIn = undefined;
    this.#rotates = false;
    this.next = undefined;
    this.fields.clear();
    if (this.#sent) this.#sent.isEnded = true;
  }

  /** A commit begins. What the request records from now on is left to the next one. */
  beginCommit(): Sent {
    this.#sent = {
      signIn: this.#signIn,
      rotates: this.#rotates,
      fields: this.fields.snapshot(),
      isEnded: false,
    };
    return this.#sent;
  }

  /** A commit has succeeded or failed. */
  endCommit(): void {
    this.#sent = undefined;
  }

  /** What was sent is done: this is the session now. */
  settle(live: Live): void {
    const { signIn, rotates, fields, isEnded } = this.#sent!;
    this.next = undefined;
    if (this.#signIn === signIn) this.#signIn = undefined;
    if (rotates) this.#rotates = false;
    if (isEnded) {
      this.#ended = live;
      return;
    }
    this.#origin = live;
    this.fields.settle(live.record.fields, fields);
  }

  /** A commit has ended the session. */
  settleEnded(): void {
    this.#ended = undefined;
  }

  /** A commit found that the session was changed, or has ended, since it was loaded. */
  rebase(live: Live | undefined): void {
    if (this.#sent?.isEnded) return;
    this.#origin = live ?? { kind: "none" };
    this.fields.rebase(live?.record.fields ?? NO_FIELDS);
  }

  /** A commit found that what was recorded came too late. */
  discard(status: DeadStatus): void {
    this.#origin = { kind: "dead", status, isLate: true };
    this.#signIn = undefined;
    this.#rotates = false;
    this.fields.clear();
  }

  #collect(fieldOf: (stored: string) => string | undefined): Record<string, unknown> {
    const data = Object.create(null) as Record<string, unknown>;
    for (const name of this.fields.names()) {
      const field = fieldOf(name);
      if (field !== undefined) data[field] = this.fields.get(name);
    }
    return data;
  }
}
