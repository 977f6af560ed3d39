import fc from "fast-check";

/** Names that break naive codecs: paths' own signs, prototypes, the wrapper's members, integer-like keys. */
const AWKWARD_KEYS = [
  "",
  ".",
  "a.b",
  "\\",
  "a\\.b",
  "__proto__",
  "constructor",
  "prototype",
  "json",
  "meta",
  "v",
  "0",
  "-0",
  "toJSON",
  "length",
  "values",
  "\uD800",
  "é",
];

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 6 }) },
  { weight: 2, arbitrary: fc.constantFrom(...AWKWARD_KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);

/** The same keys without those that superjson refuses or loses. */
const tameKey: fc.Arbitrary<string> = key.filter((name) => !["__proto__", "constructor", "prototype"].includes(name));

const plainLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("\uD800", "a\uDC00b", "\u2028", "\u0000", "9007199254740993"),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
);

/** What superjson keeps as well as the codec does. */
const superjsonLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc
    .constantFrom("a", "a/b", "[/]", "\\\\", "(?<year>\\d+)", "\n")
    .chain((source) => fc.constantFrom("", "g", "imsuy").map((flags) => new RegExp(source, flags))),
  fc.webUrl().map((url) => new URL(url)),
  fc.uint8Array(),
  fc.int16Array(),
  fc.uint32Array(),
);

const richLeaf: fc.Arbitrary<unknown> = fc.oneof(
  superjsonLeaf,
  fc.date({ noInvalidDate: false }),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
  fc.uint8ClampedArray(),
);

type Names = fc.Arbitrary<string>;

function objectOf(names: Names, value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(names, value), { maxLength: 4 }).map((entries) => {
    const object = {};
    for (const [name, item] of entries) define(object, name, item);
    return object;
  });
}

/** An own property, whatever the name. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function errorOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Error> {
  const type = fc.constantFrom(Error, TypeError, RangeError, SyntaxError, URIError);
  return fc
    .tuple(type, fc.string(), fc.option(value, { nil: undefined }))
    .map(([Type, message, cause]) => (cause === undefined ? new Type(message) : new Type(message, { cause })));
}

function valuesOf(leaf: fc.Arbitrary<unknown>, names: Names, withErrors = true): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      objectOf(names, tie("value")),
      fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
      ...(withErrors ? [errorOf(tie("value"))] : []),
    ),
  })).value;
}

/** Trees of everything that can be stored. */
export const anyValue: fc.Arbitrary<unknown> = valuesOf(fc.oneof(plainLeaf, richLeaf), key);

/** Trees of what superjson keeps, too. */
export const superjsonValue: fc.Arbitrary<unknown> = valuesOf(fc.oneof(plainLeaf, superjsonLeaf), tameKey);

/** The same without errors, which superjson reads back with another class and with a cause that they lacked. */
export const superjsonTree: fc.Arbitrary<unknown> = valuesOf(fc.oneof(plainLeaf, superjsonLeaf), tameKey, false);

/** Trees that JSON keeps whole. */
export const plainValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    plainLeaf,
    fc.array(tie("value"), { maxLength: 5 }),
    objectOf(key, tie("value")),
  ),
})).value;

type Container = Record<string, unknown> | unknown[] | Map<unknown, unknown> | Set<unknown>;

/** Containers that hold each other at random: repeated references, cycles, islands in maps' keys. */
export const graph: fc.Arbitrary<unknown> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("object", "array", "map", "set"),
      links: fc.array(fc.tuple(tameKey, fc.nat(7), fc.nat(7)), { maxLength: 4 }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map((nodes) => {
    const made = nodes.map(({ kind }) => makeContainer(kind));
    for (const [index, container] of made.entries()) {
      for (const [name, to, other] of nodes[index]?.links ?? []) {
        link(container, name, made[to % made.length], made[other % made.length]);
      }
    }
    return made[0];
  });

function makeContainer(kind: string): Container {
  if (kind === "array") return [];
  if (kind === "map") return new Map();
  return kind === "set" ? new Set() : {};
}

function link(from: Container, name: string, to: unknown, other: unknown): void {
  if (Array.isArray(from)) from.push(to);
  else if (from instanceof Map) from.set(name.length % 2 === 0 ? name : other, to);
  else if (from instanceof Set) from.add(to);
  else define(from, name, to);
}
