import { afterEach, describe, expect, it } from "vitest";
import { codec } from "./codec.ts";

const ATTACKS = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '[{"a":{"__proto__":{"polluted":true},"prototype":1}}]',
];

describe("dangerous names", () => {
  it.each(ATTACKS)("pollute nothing as plain JSON, and survive: %s", (text) => {
    const value = codec.decode(text);
    expect(codec.encode(value)).toBe(text);
    expectClean();
  });

  it.each(ATTACKS)("pollute nothing beside a date, and survive: %s", (text) => {
    const read = codec.decode(codec.encode([JSON.parse(text), new Date(0)])) as [unknown, Date];
    expect(JSON.stringify(read[0])).toBe(text);
    expect(read[1]).toEqual(new Date(0));
    expectClean();
  });

  it("stay data where they hold something that JSON does not", () => {
    const value = JSON.parse('{"__proto__":{"at":0}}') as object;
    const inner = Object.getOwnPropertyDescriptor(value, "__proto__")?.value as { at: unknown };
    inner.at = new Date(5);
    const read = codec.decode(codec.encode(value)) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(read, "__proto__")?.value).toEqual({ at: new Date(5) });
  });

  it("stay data on an error", () => {
    const text =
      '{"json":{"name":"Error","message":"no","__proto__":{"polluted":true}},"meta":{"values":["Error"],"v":1}}';
    const error = codec.decode(text) as Error;
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
    expect(Object.hasOwn(error, "__proto__")).toBe(true);
    expectClean();
  });

  it.each([
    '{"json":{},"meta":{"values":{"__proto__.polluted":["undefined"]},"v":1}}',
    '{"json":{},"meta":{"values":{"constructor.prototype.polluted":["undefined"]},"v":1}}',
    '{"json":{"a":{"polluted":1}},"meta":{"referentialEqualities":{"a":["__proto__"]},"v":1}}',
    '{"json":{"a":{"polluted":1}},"meta":{"referentialEqualities":{"a":["constructor.prototype"]},"v":1}}',
  ])("in the annotations lead nowhere: %s", (text) => {
    expect(() => codec.decode(text)).toThrow("cannot be read");
    expectClean();
  });
});

describe("a prototype that somebody else polluted", () => {
  const prototype = Object.prototype as { polluted?: unknown };

  afterEach(() => {
    delete prototype.polluted;
  });

  it("does not reach stored values", () => {
    const value = { a: [1, { b: 2 }] };
    prototype.polluted = () => 1;
    expect(codec.encode(value)).toBe('{"a":[1,{"b":2}]}');
    expect(codec.encode({ at: new Date(0) })).not.toContain("polluted");
  });
});

function expectClean(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect("polluted" in {}).toBe(false);
}
