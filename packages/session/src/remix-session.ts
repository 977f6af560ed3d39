import type { Session as RemixSession } from "@remix-run/session";
import type { Draft } from "./draft.ts";
import { dataName } from "./field-names.ts";
import type { Session } from "./session.ts";
import { draftOf } from "./session-view.ts";

type Fields = Record<string, unknown>;

/** Remix 3's session as one of Holdfast's, which records changes field by field. */
export class RemixSessionView implements Pick<RemixSession, keyof RemixSession> {
  readonly inner: Session<Fields>;
  readonly #draft: Draft;
  /** What this request flashed: Remix shows it to the next. */
  readonly #next: Fields = {};
  /** What this request has read of what was flashed: Remix shows it as often as it is asked. */
  readonly #read = new Map<string, unknown>();
  #destroyed = false;

  constructor(inner: Session<Fields>) {
    this.inner = inner;
    this.#draft = draftOf(inner);
  }

  get id(): string {
    return this.inner.id ?? "";
  }

  get data(): RemixSession["data"] {
    return [{ ...this.#draft.all() }, { ...this.#next }];
  }

  get size(): number {
    return Object.keys(this.#draft.all()).length + this.#flashed().size;
  }

  get dirty(): boolean {
    return this.#draft.isChanged;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  /** The old session is always replaced: nothing is left to delete. */
  get deleteId(): undefined {
    return undefined;
  }

  /** Typed as Remix's last overload: those before it name the application's types. */
  get(key: string): undefined {
    return this.#get(key) as undefined;
  }

  has(key: string): boolean {
    return this.#draft.fields.has(dataName(key)) || this.#flashed().has(key);
  }

  set(key: string, value: unknown): void {
    this.#assertAlive();
    if (value === undefined || value === null) this.#draft.unset(key);
    else this.#draft.set(key, value);
  }

  unset(key: string): void {
    this.#assertAlive();
    this.#draft.unset(key);
  }

  flash(key: string, value: unknown): void {
    this.#assertAlive();
    // It takes the place of what this request may still ask for.
    this.#readFlash(key);
    this.#draft.flash(key, value);
    Object.defineProperty(this.#next, key, { value, enumerable: true, configurable: true, writable: true });
  }

  /** The old token is worthless at once: whoever knew it before sign-in must not have the session afterwards. */
  regenerateId(): void {
    this.#assertAlive();
    this.#draft.renew();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#draft.end();
  }

  #get(key: string): unknown {
    const value = this.#draft.fields.get(dataName(key));
    if (value !== undefined && value !== null) return value;
    this.#readFlash(key);
    return this.#read.get(key);
  }

  #readFlash(key: string): void {
    if (this.#isNext(key) || !this.#draft.hasFlash(key)) return;
    this.#read.set(key, this.#draft.get(key));
  }

  #isNext(key: string): boolean {
    return Object.hasOwn(this.#next, key);
  }

  #flashed(): Set<string> {
    const waiting = Object.keys(this.#draft.flashes()).filter((key) => !this.#isNext(key));
    return new Set([...waiting, ...this.#read.keys()]);
  }

  #assertAlive(): void {
    if (this.#destroyed) throw new Error("This session has been destroyed. Read no more than `destroyed` of it.");
  }
}
