import { codec, freezeDeeply, type SessionChange, type SessionField, WrongTypeError } from "@holdfast/core";
import { fieldOf } from "./field-names.ts";
import { readValue } from "./stored-value.ts";

type Recorded =
  | { readonly kind: "set"; readonly text: string }
  | { readonly kind: "unset" }
  | { readonly kind: "increment"; readonly by: number };

/** What is recorded of each field, by its name in the store. */
export type Records = ReadonlyMap<string, Recorded>;

/** Fields as they were loaded, and what a request has recorded since. Names are those of the store. */
export class RecordedFields {
  #loaded: ReadonlyMap<string, SessionField>;
  readonly #recorded = new Map<string, Recorded>();
  /** Decoded values, so that one object is handed out for a field. */
  readonly #values = new Map<string, unknown>();

  constructor(loaded: ReadonlyMap<string, SessionField>) {
    this.#loaded = loaded;
  }

  /** What there is to send. */
  get isChanged(): boolean {
    return this.#recorded.size > 0;
  }

  get changedNames(): string[] {
    return [...this.#recorded.keys()];
  }

  /** Of what is there, defaults of the schema included. */
  names(): string[] {
    const names = new Set([...this.#loaded.keys(), ...this.#recorded.keys(), ...this.#values.keys()]);
    return [...names].filter((name) => this.has(name));
  }

  has(name: string): boolean {
    const recorded = this.#recorded.get(name);
    if (recorded) return recorded.kind !== "unset";
    return this.#loaded.has(name) || this.#values.get(name) !== undefined;
  }

  /** @throws {SerializationError} The stored text cannot be read. */
  get(name: string): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    const recorded = this.#recorded.get(name);
    const value = recorded?.kind === "increment" ? this.#number(name) : readValue(this.#textOf(name));
    this.#values.set(name, value);
    return value;
  }

  /** @throws {SerializationError} The value cannot be stored. */
  set(name: string, value: unknown): void {
    const text = codec.encode(value);
    this.#values.delete(name);
    if (this.#loaded.get(name)?.text === text) this.#recorded.delete(name);
    else this.#recorded.set(name, { kind: "set", text });
  }

  unset(name: string): void {
    this.#values.delete(name);
    if (this.#loaded.has(name)) this.#recorded.set(name, { kind: "unset" });
    else this.#recorded.delete(name);
  }

  /** @throws {RangeError | WrongTypeError} The sum is no whole number within ±(2^53 − 1), or the field holds none. */
  increment(name: string, by: number): number {
    const sum = this.#number(name) + by;
    if (!Number.isSafeInteger(by) || !Number.isSafeInteger(sum)) {
      throw new RangeError("An increment and its sum must be whole numbers within ±(2^53 − 1).");
    }
    const recorded = this.#recorded.get(name);
    if (recorded && recorded.kind !== "increment") this.#recorded.set(name, { kind: "set", text: codec.encode(sum) });
    else this.#recorded.set(name, { kind: "increment", by: (recorded?.by ?? 0) + by });
    this.#values.delete(name);
    return sum;
  }

  /** What the schema made of the values that were loaded. Nothing is recorded. */
  amend(values: Iterable<readonly [name: string, value: unknown]>): void {
    for (const [name, value] of values) {
      freezeDeeply(value);
      this.#values.set(name, value);
    }
  }

  unsetAll(): void {
    for (const name of this.names()) this.unset(name);
  }

  /** What is recorded now: a commit sends this, and says later that it is in the store. */
  snapshot(): Records {
    return new Map(this.#recorded);
  }

  /** For a commit to the session that was loaded. */
  changes(records: Records): SessionChange[] {
    return [...records].map(([field, recorded]) => {
      if (recorded.kind === "increment") return { ...recorded, field };
      const seen = this.#loaded.get(field)?.version;
      return { ...recorded, field, seen };
    });
  }

  /** For a new session: all that there is with these records. */
  texts(records: Records): Map<string, string> {
    const texts = new Map<string, string>();
    for (const name of new Set([...this.#loaded.keys(), ...records.keys()])) {
      const isSum = records.get(name)?.kind === "increment";
      const text = isSum ? codec.encode(this.#number(name, records)) : this.#textOf(name, records);
      if (text !== undefined) texts.set(name, text);
    }
    return texts;
  }

  /** Other requests have changed the session: what was recorded now applies to this. */
  rebase(loaded: ReadonlyMap<string, SessionField>): void {
    this.#loaded = loaded;
    this.#values.clear();
  }

  /** What was `sent` is in the store. What was recorded since stays recorded. */
  settle(loaded: ReadonlyMap<string, SessionField>, sent: Records): void {
    this.rebase(loaded);
    for (const [name, before] of sent) {
      const now = this.#recorded.get(name);
      if (now === before) this.#recorded.delete(name);
      else if (now?.kind === "increment" && before.kind === "increment") {
        this.#recorded.set(name, { kind: "increment", by: now.by - before.by });
      }
    }
  }

  /** Nothing was loaded, and nothing recorded. */
  clear(): void {
    this.rebase(new Map());
    this.#recorded.clear();
  }

  #textOf(name: string, records: Records = this.#recorded): string | undefined {
    const recorded = records.get(name);
    if (recorded?.kind === "set") return recorded.text;
    return recorded?.kind === "unset" ? undefined : this.#loaded.get(name)?.text;
  }

  #number(name: string, records: Records = this.#recorded): number {
    const text = this.#textOf(name, records);
    const value = text === undefined ? 0 : readValue(text);
    if (!Number.isSafeInteger(value)) {
      throw new WrongTypeError(`The session's field ${JSON.stringify(fieldOf(name))} holds no whole number.`);
    }
    const recorded = records.get(name);
    return (value as number) + (recorded?.kind === "increment" ? recorded.by : 0);
  }
}
