/** Rough bytes of a field beside its texts. */
const FIELD_OVERHEAD_BYTES = 100;

/** What a key of the key-value store holds where it is not text. A `Map`, so that no field name is special. */
export class Hash {
  readonly fields: Map<string, string> = new Map();
  #bytes = 0;

  constructor(fields: Iterable<readonly [field: string, value: string]> = []) {
    for (const [field, value] of fields) this.set(field, value);
  }

  /** Two bytes for each UTF-16 unit of fields and values, and an overhead for each field. */
  get bytes(): number {
    return this.#bytes;
  }

  set(field: string, value: string): void {
    const replaced = this.fields.get(field);
    if (replaced !== undefined) this.#bytes -= bytesOf(field, replaced);
    this.fields.set(field, value);
    this.#bytes += bytesOf(field, value);
  }

  delete(field: string): boolean {
    const value = this.fields.get(field);
    if (value === undefined) return false;
    this.#bytes -= bytesOf(field, value);
    return this.fields.delete(field);
  }
}

function bytesOf(field: string, value: string): number {
  return 2 * (field.length + value.length) + FIELD_OVERHEAD_BYTES;
}
