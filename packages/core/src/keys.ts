import { byteLength } from "./codec/size.ts";
import { InvalidKeyError } from "./errors.ts";

/** The longest key or namespace that is accepted, in UTF-8 bytes before escaping. */
export const MAX_KEY_BYTES = 1_024;

/** One letter for each feature; the second part of every stored key. */
export type KeyKind = "k" | "c" | "s";

/**
 * What a part of a key may not hold as it is: the escape sign itself, `{` and `}` (they choose the
 * cluster slot), and `*`, `?`, `[`, `]`, `\` (they are patterns to SCAN).
 */
const RESERVED = /[%{}*?[\]\\]/g;
const RESERVED_OR_SEPARATOR = /[%{}*?[\]\\:]/g;
const HAS_RESERVED = /[%{}*?[\]\\]/;
/** In Unicode mode halves of a pair do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const ESCAPE = /%([0-9A-F]{2})/g;

/**
 * Builds stored keys of the form `hf:<kind>:<namespace>:<id>`.
 *
 * The namespace's own colons are escaped and the id comes last, so that `("a", "b:c")` and `("a:b", "c")`
 * differ; ids keep their colons and stay readable. Escaping works character by character: the stored
 * form of a prefix is a prefix of the stored form.
 */
export interface KeySpace {
  /** Everything before the id. */
  readonly prefix: string;
  /** @throws {InvalidKeyError} The id is empty, not a string, too long, or not well-formed Unicode. */
  toStored(id: string): string;
  /** The inverse of {@link KeySpace.toStored}. */
  toId(stored: string): string;
  /** The stored form of an id's beginning; may be empty. */
  toStoredPrefix(idPrefix: string): string;
}

/**
 * @param namespace Separates applications and purposes that share a store.
 * @throws {InvalidKeyError} The namespace is missing, empty, too long, or not well-formed Unicode.
 */
export function createKeySpace(kind: KeyKind, namespace: string): KeySpace {
  assertKey(namespace, "namespace");
  const prefix = `hf:${kind}:${namespace.replace(RESERVED_OR_SEPARATOR, percentEncode)}:`;
  return {
    prefix,
    toStored(id) {
      assertKey(id, "key");
      return prefix + escapeId(id);
    },
    toId: (stored) => stored.slice(prefix.length).replace(ESCAPE, percentDecode),
    toStoredPrefix(idPrefix) {
      if (idPrefix !== "") assertKey(idPrefix, "prefix");
      return prefix + escapeId(idPrefix);
    },
  };
}

function escapeId(id: string): string {
  return HAS_RESERVED.test(id) ? id.replace(RESERVED, percentEncode) : id;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function percentDecode(_match: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/**
 * Checks a part of a key, or another name that is stored.
 *
 * @param name What it is; it begins the error's message.
 * @throws {InvalidKeyError} It is empty, not a string, too long, or not well-formed Unicode.
 */
export function assertKey(key: unknown, name: string): asserts key is string {
  if (typeof key !== "string") {
    throw new InvalidKeyError(
      `A ${name} must be a string; got ${key === null ? "null" : typeof key}. Convert ids with String(id).`,
    );
  }
  if (key === "") throw new InvalidKeyError(`A ${name} must not be empty.`);
  // A UTF-16 unit becomes one to three bytes.
  if (key.length * 3 > MAX_KEY_BYTES) {
    const bytes = byteLength(key);
    if (bytes > MAX_KEY_BYTES) {
      throw new InvalidKeyError(
        `A ${name} may have up to ${MAX_KEY_BYTES} bytes in UTF-8; this one has ${bytes}. Hash long keys (for example SHA-256 in hex).`,
      );
    }
  }
  if (LONE_SURROGATE.test(key)) {
    throw new InvalidKeyError(
      `A ${name} must be well-formed Unicode; this one has a lone surrogate, which no store keeps apart from others.`,
    );
  }
}
