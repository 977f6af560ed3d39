const WHITE_SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const OTHER_SCALAR = /[^,\]}\s]+/y;

/**
 * Reads JSON without the engine's shortcut for keys. Strings and numbers are still the engine's to read.
 *
 * @param text Known to be JSON: nothing is checked.
 */
export function parseEscapedKeys(text: string): unknown {
  return new Reader(text).value();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    this.#take(WHITE_SPACE);
    const first = this.#text.charAt(this.#at);
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    return JSON.parse(this.#take(first === '"' ? STRING : OTHER_SCALAR));
  }

  #object(): object {
    const object = {};
    this.#items("}", () => {
      const key = JSON.parse(this.#take(STRING)) as string;
      this.#take(WHITE_SPACE);
      this.#at += 1;
      // Defined, not assigned: a key may be __proto__. Of equal keys the last one counts.
      const value = this.value();
      Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
    });
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#items("]", () => array.push(this.value()));
    return array;
  }

  #items(end: string, readItem: () => unknown): void {
    this.#at += 1;
    this.#take(WHITE_SPACE);
    while (this.#text.charAt(this.#at) !== end) {
      readItem();
      this.#take(WHITE_SPACE);
      if (this.#text.charAt(this.#at) === ",") this.#at += 1;
      this.#take(WHITE_SPACE);
    }
    this.#at += 1;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += taken.length;
    return taken;
  }
}
