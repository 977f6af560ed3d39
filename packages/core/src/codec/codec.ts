import { HoldfastError, SerializationError } from "../errors.ts";
import { parseJson } from "./json.ts";
import { isPlainJson } from "./plain.ts";
import { readWrapped } from "./read.ts";
import { isWrapped, looksWrapped, WRAPPED_START } from "./shape.ts";
import { writeWrapped } from "./write.ts";

/** Turns values into the text that is stored, and back. */
export interface Codec {
  /**
   * A value of which JSON keeps everything becomes its JSON text. One that holds `undefined`, NaN, ±Infinity, -0,
   * BigInt, Date, Map, Set, RegExp, URL, Error, typed arrays, repeated references or cycles becomes superjson's
   * `{"json":…,"meta":…}`. A plain value of that shape is wrapped likewise.
   *
   * An object's value is its own enumerable properties with string keys, getters read once or twice; an array's
   * value is its elements. Objects without a prototype come back with one. An error's stack is not kept.
   *
   * @throws {SerializationError} A function, symbol, promise, instance of another class, hole in an array, or more
   * than 1,000 levels. `path` says where, as in `$.user.onClick`.
   */
  encode(value: unknown): string;
  /**
   * Reads what {@link Codec.encode} or superjson wrote, and the JSON of other programs.
   *
   * @throws {SerializationError} The text is not JSON, or holds a kind of value that is not known here.
   */
  decode(text: string): unknown;
}

/** The wire format of every stored value. */
export const codec: Codec = { encode, decode };

/** Meta that says nothing: unwraps to `json` as it is, also for superjson. */
const NOTHING_TO_SAY = ',"meta":{"v":1}}';

function encode(value: unknown): string {
  try {
    return isPlainJson(value) ? writePlain(value) : writeOther(value);
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new SerializationError(
      "The value cannot be stored: reading it failed. It is too large for one string, or a getter or proxy in it throws.",
      "$",
      { cause },
    );
  }
}

function writePlain(value: unknown): string {
  const text = JSON.stringify(value);
  return text.startsWith(WRAPPED_START) && looksWrapped(value) ? WRAPPED_START + text + NOTHING_TO_SAY : text;
}

function writeOther(value: unknown): string {
  const wrapped = writeWrapped(value);
  return wrapped.meta ? JSON.stringify(wrapped) : writePlain(wrapped.json);
}

function decode(text: string): unknown {
  try {
    const parsed = parseJson(text);
    return text.startsWith(WRAPPED_START) && isWrapped(parsed) ? readWrapped(parsed) : parsed;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw unreadable(error);
  }
}

/** Without a cause: the engine's message quotes the text. */
function unreadable(error: unknown): SerializationError {
  const message =
    error instanceof SyntaxError
      ? "The stored text is not JSON. Another program wrote it, or it was cut: delete the key, or store JSON."
      : "The stored text cannot be read: it is nested too deeply. Delete the key, or store a flatter value.";
  return new SerializationError(message, "$");
}
