import {
  byteLength,
  type CallOptions,
  createKeySpace,
  type KeySpace,
  type KeyValueStore,
  MAX_KEY_BYTES,
  parseTtl,
  type StoredTtl,
  type Ttl,
  ValidationError,
} from "@holdfast/core";
import { type Entries, entriesOf, fieldsOf } from "./entries.ts";
import { type CallBounds, type KvOptions, type ResolvedKvOptions, resolveOptions, ttlOf } from "./options.ts";
import { Values } from "./values.ts";

/** How a value is written. */
export interface SetConditions {
  /** Only if the key is missing. */
  readonly ifAbsent?: boolean;
  /** Only if the key exists. */
  readonly ifPresent?: boolean;
}

/** An operation whose arguments are checked and encoded: running it only sends. */
export type Prepared<Result> = () => Promise<Result>;

/** A prepared operation, or one whose schema is asynchronous. */
export type Preparing<Result> = Prepared<Result> | Promise<Prepared<Result>>;

type TtlArgument = { readonly ttl?: Ttl | undefined };

/**
 * Each operation of a namespace, in two steps: everything that may be wrong with the arguments first, then the call
 * of the store. A batch prepares all before it sends any.
 */
export class Operations<T> {
  readonly store: KeyValueStore;
  readonly keys: KeySpace;
  readonly #options: ResolvedKvOptions<T>;
  readonly #values: Values<T>;

  constructor(options: KvOptions<T>) {
    this.store = options.backend.kv;
    this.keys = createKeySpace("k", options.namespace);
    this.#options = resolveOptions(options);
    this.#values = new Values(this.#options);
  }

  get(key: string, bounds?: CallBounds): Prepared<T | undefined> {
    const stored = this.keys.toStored(key);
    return () => this.store.get(stored, this.callOptions(bounds)).then((text) => this.#values.decode(text));
  }

  getMany(keys: readonly string[], bounds?: CallBounds): Prepared<(T | undefined)[]> {
    const stored = this.#toStoredAll(keys);
    return () => this.store.getMany(stored, this.callOptions(bounds)).then((texts) => this.decodeAll(texts));
  }

  set(key: string, value: T, options: (TtlArgument & SetConditions & CallBounds) | undefined): Preparing<boolean> {
    const { ttl, ifAbsent, ifPresent } = options ?? {};
    const stored = this.keys.toStored(key);
    const ttlMs = ttlOf(ttl, this.#options);
    if (ifAbsent && ifPresent)
      throw new ValidationError("ifAbsent and ifPresent exclude each other: pass one of them.");
    const condition = ifAbsent ? "absent" : ifPresent ? "present" : undefined;
    return afterEncoding(
      this.#values.encode(value),
      (text) => () => this.store.set(stored, text, { ...this.callOptions(options), ttlMs, condition }),
    );
  }

  setMany(entries: Entries<T>, options: (TtlArgument & CallBounds) | undefined): Preparing<void> {
    const ttlMs = ttlOf(options?.ttl, this.#options);
    const pairs = entriesOf(entries).map(
      ([key, value]) => [this.keys.toStored(key), this.#values.encode(value)] as const,
    );
    const send = (texts: readonly string[]) => () =>
      this.store.setMany(
        pairs.map(([key], index) => ({ key, value: texts[index]! })),
        ttlMs,
        this.callOptions(options),
      );
    const texts = pairs.map(([, text]) => text);
    return afterEncodingAll(texts, send);
  }

  delete(keys: readonly string[], bounds?: CallBounds): Prepared<number> {
    const stored = this.#toStoredAll(keys);
    return () => this.store.delete(stored, this.callOptions(bounds));
  }

  has(key: string, bounds?: CallBounds): Prepared<boolean> {
    const stored = this.keys.toStored(key);
    return () => this.store.has(stored, this.callOptions(bounds));
  }

  touch(key: string, ttl: Ttl, bounds?: CallBounds): Prepared<boolean> {
    const stored = this.keys.toStored(key);
    const ttlMs = parseTtl(ttl);
    return () => this.store.touch(stored, ttlMs, this.callOptions(bounds));
  }

  ttl(key: string, bounds?: CallBounds): Prepared<number | "forever" | undefined> {
    const stored = this.keys.toStored(key);
    return () => this.store.ttl(stored, this.callOptions(bounds));
  }

  increment(key: string, options?: TtlArgument & { readonly by?: number } & CallBounds): Prepared<number> {
    const stored = this.keys.toStored(key);
    const by = assertStep(options?.by);
    const ttlMs = this.#counterTtl(options?.ttl);
    return () => this.store.increment(stored, by, ttlMs, this.callOptions(options));
  }

  compareAndSet(
    key: string,
    expected: T | undefined,
    next: T,
    options: (TtlArgument & CallBounds) | undefined,
  ): Preparing<boolean> {
    const stored = this.keys.toStored(key);
    const ttlMs = ttlOf(options?.ttl, this.#options);
    const held = expected === undefined ? undefined : this.#values.encode(expected);
    const text = this.#values.encode(next);
    const send = (expectedText: string | undefined, nextText: string) => () =>
      this.store.compareAndSet(stored, expectedText, nextText, ttlMs, this.callOptions(options));
    return typeof held === "object" || typeof text === "object"
      ? allOf([held, text]).then(([expectedText, nextText]) => send(expectedText, nextText!))
      : send(held, text);
  }

  hashGet(key: string, field: string, bounds?: CallBounds): Prepared<T | undefined> {
    const stored = this.keys.toStored(key);
    assertField(field);
    return () => this.store.hashGet(stored, field, this.callOptions(bounds)).then((text) => this.#values.decode(text));
  }

  hashGetAll(key: string, bounds?: CallBounds): Prepared<Record<string, T>> {
    const stored = this.keys.toStored(key);
    return async () => {
      const pairs = await this.store.hashGetAll(stored, this.callOptions(bounds));
      // Without a prototype: a field may have any name.
      const record = Object.create(null) as Record<string, T>;
      const values = await this.decodeAll(pairs.map(([, text]) => text));
      for (const [index, [field]] of pairs.entries()) record[field] = values[index] as T;
      return record;
    };
  }

  hashSet(
    key: string,
    fields: Readonly<Record<string, T>>,
    options: (TtlArgument & CallBounds) | undefined,
  ): Preparing<void> {
    const stored = this.keys.toStored(key);
    const ttlMs = ttlOf(options?.ttl, this.#options);
    const pairs = fieldsOf(fields);
    for (const [field] of pairs) assertField(field);
    const texts = pairs.map(([, value]) => this.#values.encode(value));
    const send = (encoded: readonly string[]) => () =>
      this.store.hashSet(
        stored,
        pairs.map(([field], index) => [field, encoded[index]!] as const),
        ttlMs,
        this.callOptions(options),
      );
    return afterEncodingAll(texts, send);
  }

  hashDelete(key: string, fields: readonly string[], bounds?: CallBounds): Prepared<number> {
    const stored = this.keys.toStored(key);
    for (const field of fields) assertField(field);
    return () => this.store.hashDelete(stored, fields, this.callOptions(bounds));
  }

  hashIncrement(
    key: string,
    field: string,
    by: number | undefined,
    options?: TtlArgument & CallBounds,
  ): Prepared<number> {
    const stored = this.keys.toStored(key);
    assertField(field);
    const step = assertStep(by);
    const ttlMs = this.#counterTtl(options?.ttl);
    return () => this.store.hashIncrement(stored, field, step, ttlMs, this.callOptions(options));
  }

  async decodeAll(texts: readonly (string | undefined)[]): Promise<(T | undefined)[]> {
    const values = texts.map((text) => this.#values.decode(text));
    return values.some((value) => value instanceof Promise) ? allOf(values) : (values as (T | undefined)[]);
  }

  callOptions(bounds?: CallBounds): CallOptions | undefined {
    const { timeoutMs } = this.#options;
    const signal = bounds?.signal;
    return timeoutMs === undefined && !signal ? undefined : { timeoutMs, signal };
  }

  #toStoredAll(keys: readonly string[]): string[] {
    if (Array.isArray(keys)) return keys.map((key: string) => this.keys.toStored(key));
    throw new ValidationError("Many keys must be an array of strings. Use Array.from() for another iterable.");
  }

  #counterTtl(ttl: Ttl | undefined): StoredTtl {
    const chosen = ttl ?? this.#options.defaultTtl;
    return chosen === undefined ? "forever" : parseTtl(chosen);
  }
}

function afterEncoding<Result>(
  text: string | Promise<string>,
  send: (text: string) => Prepared<Result>,
): Preparing<Result> {
  return typeof text === "string" ? send(text) : text.then(send);
}

function afterEncodingAll<Result>(
  texts: readonly (string | Promise<string>)[],
  send: (texts: readonly string[]) => Prepared<Result>,
): Preparing<Result> {
  return isAllText(texts) ? send(texts) : allOf(texts).then(send);
}

function isAllText(texts: readonly (string | Promise<string>)[]): texts is readonly string[] {
  return texts.every((text) => typeof text === "string");
}

/** What is there already, and what an asynchronous schema is still at. */
function allOf<Value>(values: readonly (Value | Promise<Value>)[]): Promise<Value[]> {
  return Promise.all(values.map((value) => Promise.resolve(value)));
}

function assertStep(by = 1): number {
  if (Number.isSafeInteger(by)) return by === 0 ? 0 : by;
  throw new RangeError(`by must be a whole number within ±(2^53−1); got ${typeof by === "number" ? by : typeof by}.`);
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Any text but one that is too long, or that stores cannot tell from others. */
function assertField(field: string): void {
  if (typeof field !== "string") {
    throw new ValidationError(`A hash field must be a string; got ${typeof field}. Convert ids with String(id).`);
  }
  if (LONE_SURROGATE.test(field)) {
    throw new ValidationError(
      "A hash field must be well-formed Unicode; this one has a lone surrogate, which no store keeps apart from others.",
    );
  }
  if (field.length * 3 > MAX_KEY_BYTES && byteLength(field) > MAX_KEY_BYTES) {
    throw new ValidationError(
      `A hash field may have up to ${MAX_KEY_BYTES} bytes in UTF-8; this one has ${byteLength(field)}. Hash long names.`,
    );
  }
}
