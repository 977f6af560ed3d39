import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { SerializationError } from "../errors.ts";
import { codec } from "./codec.ts";
import { MAX_DEPTH } from "./limits.ts";

class User {
  name = "Ada";
}
class Tags extends Array<string> {}
class Registry extends Map<string, string> {}
class Failure extends Error {}

const cyclic: { self?: unknown; bad?: unknown } = {};
cyclic.self = cyclic;
cyclic.bad = () => 1;

const searching = /a/g;
searching.test("a");

describe("encode refuses, naming the path and what to do", () => {
  it.each<[path: string, value: unknown, advice: string]>([
    ["$", () => 1, "function"],
    ["$", Symbol("secret"), "symbol"],
    ["$.user.onClick", { user: { name: "Ada", onClick: () => 1 } }, "function"],
    ["$.list[2]", { list: [1, 2, () => 1] }, "function"],
    ['$["first name"]', { "first name": Symbol("secret") }, "symbol"],
    ["$.user", { user: new User() }, "instance of User"],
    ["$.pending", { pending: Promise.resolve(1) }, "Await"],
    ["$.weak", { weak: new WeakMap() }, "WeakMap"],
    ["$.ref", { ref: new WeakRef({}) }, "WeakRef"],
    ["$.next", { next: [1].values() }, "Iterator"],
    ["$.query", { query: new URLSearchParams("a=1") }, "URLSearchParams"],
    ["$.body", { body: new Headers() }, "Headers"],
    ["$.bytes", { bytes: Buffer.from("secret") }, "Uint8Array"],
    ["$.buffer", { buffer: new ArrayBuffer(1) }, "typed array"],
    ["$.view", { view: new DataView(new ArrayBuffer(1)) }, "typed array"],
    ["$.text", { text: Object("secret") }, "instance of String"],
    ["$.tags", { tags: Tags.from(["a"]) }, "instance of Tags"],
    ["$.registry", { registry: new Registry() }, "instance of Registry"],
    ["$.error", { error: new Failure("secret") }, "instance of Failure"],
    ["$.abort", { abort: new DOMException("secret", "AbortError") }, "DOMException"],
    ["$.holes[1]", { holes: Object.assign([1], { 2: 3 }) }, "hole"],
    ["$.when", { when: { [Symbol("secret")]: 1 } }, "symbol"],
    ["$.json.toJSON", { json: { toJSON: () => "x" } }, "function"],
    ["$.hidden.toJSON", { hidden: Object.defineProperty({ a: 1 }, "toJSON", { value: () => "x" }) }, "function"],
    ["$.map[0].key", { map: new Map([[() => 1, 1]]) }, "function"],
    [
      "$.map[1].value.a",
      {
        map: new Map<string, unknown>([
          ["x", 1],
          ["secret", { a: () => 1 }],
        ]),
      },
      "function",
    ],
    ["$.set[1]", { set: new Set<unknown>([1, Symbol("secret")]) }, "symbol"],
    ["$.map.extra", { map: Object.assign(new Map(), { extra: 1 }) }, "plain object"],
    ["$.at.zone", { at: Object.assign(new Date(0), { zone: "UTC" }) }, "plain object"],
    ["$.pattern", { pattern: searching }, "lastIndex"],
    ["$.error.cause.f", { error: new Error("no", { cause: { f: () => 1 } }) }, "function"],
    ["$.error", { error: Object.assign(new TypeError("no"), { name: "Oops" }) }, "TypeError"],
    ["$.error", { error: Object.assign(new Error("no"), { name: "TypeError" }) }, "Error"],
    ["$.bad", cyclic, "function"],
    [
      "$.fake",
      {
        fake: {
          get [Symbol.toStringTag]() {
            return "Date";
          },
        },
      },
      "symbol",
    ],
    [
      "$.fake",
      {
        fake: new (class {
          get [Symbol.toStringTag]() {
            return "Date";
          }
        })(),
      },
      "Pass a plain object",
    ],
    [
      "$.fake",
      {
        fake: new (class {
          get [Symbol.toStringTag]() {
            return "Map";
          }
        })(),
      },
      "Pass a plain object",
    ],
    [
      "$.fake",
      {
        fake: new (class {
          get [Symbol.toStringTag]() {
            return "Error";
          }
        })(),
      },
      "Pass a plain object",
    ],
    ["$.proto", { proto: Object.create({ inherited: 1 }) as unknown }, "plain object"],
  ])("%s", (path, value, advice) => {
    const error = failureOf(() => codec.encode(value));
    expect(error.path).toBe(path);
    expect(error.message).toContain(path);
    expect(error.message).toContain(advice);
    expect(error.message).not.toContain("secret");
  });

  const nestings: [string, (inner: unknown) => unknown][] = [
    ["arrays", (inner) => [inner]],
    ["objects", (inner) => ({ a: inner })],
    ["sets", (inner) => new Set([inner])],
    ["causes", (inner) => new Error("x", { cause: inner })],
  ];

  it.each(nestings)(`more than ${MAX_DEPTH} levels of %s, and keeps as many`, (_, nest) => {
    const nested = (levels: number): unknown => Array.from({ length: levels }).reduce(nest, 1);
    const text = codec.encode(nested(MAX_DEPTH));
    expect(codec.encode(codec.decode(text))).toBe(text);
    for (const levels of [MAX_DEPTH + 1, 50_000]) {
      expect(failureOf(() => codec.encode(nested(levels))).message).toContain(`${MAX_DEPTH} levels`);
    }
  });

  it("a getter that throws, keeping what it threw", () => {
    const cause = new Error("no");
    const error = failureOf(() =>
      codec.encode({
        get a() {
          throw cause;
        },
      }),
    );
    expect(error.cause).toBe(cause);
  });

  it("a revoked proxy", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(failureOf(() => codec.encode({ proxy })).cause).toBeInstanceOf(TypeError);
  });
});

describe("values of another realm", () => {
  const realm = createContext({});
  const there = (code: string): unknown => runInContext(code, realm);

  it("are plain where they are plain there", () => {
    expect(codec.encode(there("({ a: [1, { b: null }] })"))).toBe('{"a":[1,{"b":null}]}');
  });

  it("come back as this realm's", () => {
    const value = there(
      '({ at: new Date(5), map: new Map([[1n, new Set([undefined])]]), bytes: new Uint8Array([7]), error: new TypeError("no") })',
    );
    expect(codec.decode(codec.encode(value))).toEqual({
      at: new Date(5),
      map: new Map([[1n, new Set([undefined])]]),
      bytes: new Uint8Array([7]),
      error: new TypeError("no"),
    });
  });

  it("are refused where they are class instances there", () => {
    expect(failureOf(() => codec.encode(there("({ user: new (class User {})() })"))).path).toBe("$.user");
    expect(failureOf(() => codec.encode(there("[new (class Mine extends Map {})()]"))).path).toBe("$[0]");
    expect(failureOf(() => codec.encode(there("[new (class Mine extends TypeError {})()]"))).path).toBe("$[0]");
  });
});

function failureOf(run: () => unknown): SerializationError {
  try {
    run();
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
