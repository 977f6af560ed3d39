import { assertValueSize, byteLength, codec, validate } from "@holdfast/core";
import { compress, decompress } from "./compression.ts";
import { type EntryMeta, writeEntryText } from "./entry-text.ts";
import type { ResolvedCacheOptions } from "./options.ts";

/** A value as it is kept: its text, and whether that is compressed. */
export interface EncodedValue {
  readonly body: string;
  readonly gzip: boolean;
}

type Options<T> = Pick<ResolvedCacheOptions<T>, "version" | "schema" | "maxValueBytes" | "compressAboveBytes">;

/** Turns values into entries' texts and back, by the cache's options. */
export class StoredValues<T> {
  readonly #options: Options<T>;

  constructor(options: Options<T>) {
    this.#options = options;
  }

  /**
   * @throws {SerializationError} The value cannot be stored faithfully.
   * @throws {ValueTooLargeError} It is over `maxValueBytes`.
   */
  encode(value: T): EncodedValue | Promise<EncodedValue> {
    const text = codec.encode(value);
    assertValueSize(text, this.#options.maxValueBytes);
    const { compressAboveBytes } = this.#options;
    if (compressAboveBytes === Number.POSITIVE_INFINITY || byteLength(text) <= compressAboveBytes) {
      return { body: text, gzip: false };
    }
    return compress(text).then((body) => ({ body, gzip: true }));
  }

  toText({ body, gzip }: EncodedValue, meta: Omit<EntryMeta, "version" | "gzip">): string {
    return writeEntryText({ ...meta, version: this.#options.version, gzip }, body);
  }

  /**
   * @throws {SerializationError} The text is not what this cache writes.
   * @throws {ValidationError} The value does not fit the schema.
   */
  decode({ body, gzip }: EncodedValue): T | Promise<T> {
    return gzip ? decompress(body).then((text) => this.#read(text)) : this.#read(body);
  }

  #read(text: string): T | Promise<T> {
    const value = codec.decode(text);
    return this.#options.schema ? validate(this.#options.schema, value, "cached value") : (value as T);
  }
}
