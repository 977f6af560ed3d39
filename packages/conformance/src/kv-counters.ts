import type { KeyValueStore } from "@holdfast/core";
import { codeOf, LONG_MS, type Section, type Suite } from "./suite.ts";
import { NOT_INTEGERS } from "./texts.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** A counter, whether it is a key or a field of a hash: both count by the same rules. */
interface Counter {
  add(by: number, ttlMs?: number | "forever"): Promise<number>;
  write(text: string, ttlMs?: number | "forever"): Promise<unknown>;
  read(): Promise<string | undefined>;
  ttl(): Promise<number | "forever" | undefined>;
}

type Make = (kv: KeyValueStore, key: string) => Counter;

const ofKey: Make = (kv, key) => ({
  add: (by, ttlMs = LONG_MS) => kv.increment(key, by, ttlMs),
  write: (text, ttlMs = LONG_MS) => kv.set(key, text, { ttlMs }),
  read: () => kv.get(key),
  ttl: () => kv.ttl(key),
});

const ofField: Make = (kv, key) => ({
  add: (by, ttlMs = LONG_MS) => kv.hashIncrement(key, "count", by, ttlMs),
  write: (text, ttlMs = LONG_MS) => kv.hashSet(key, [["count", text]], ttlMs),
  read: () => kv.hashGet(key, "count"),
  ttl: () => kv.ttl(key),
});

/** `increment` and `hashIncrement`. */
export const KV_COUNTERS: Section = {
  name: "kv counters",
  cases: [...casesOf("increment", ofKey), ...casesOf("hashIncrement", ofField)],
};

function casesOf(name: string, make: Make): Section["cases"] {
  const open = async (suite: Suite, id = "counter") => make((await suite.open()).kv, suite.key(id));
  return [
    [
      `${name} counts up and down from 0 and is readable as decimal text`,
      async (suite) => {
        const counter = await open(suite);
        const { expect } = suite;
        expect(await counter.add(1)).toBe(1);
        expect(await counter.add(41)).toBe(42);
        expect(await counter.add(-50)).toBe(-8);
        expect(await counter.add(0)).toBe(-8);
        expect(await counter.read()).toBe("-8");
        await counter.write("9");
        expect(await counter.add(1)).toBe(10);
        expect(await counter.read()).toBe("10");
      },
    ],
    [
      `${name} creates by 0 and by a negative number too, and never yields -0`,
      async (suite) => {
        const { expect } = suite;
        expect(await (await open(suite, "zero")).add(0)).toBe(0);
        expect(await (await open(suite, "zero")).read()).toBe("0");
        expect(await (await open(suite, "below")).add(-3)).toBe(-3);
        expect(Object.is(await (await open(suite, "below")).add(3), 0)).toBe(true);
        expect(Object.is(await (await open(suite, "negative zero")).add(-0), 0)).toBe(true);
      },
    ],
    [
      `${name} gives what it creates its TTL, and keeps that of what exists`,
      async (suite) => {
        const { expect } = suite;
        const created = await open(suite, "created");
        await created.add(1, LONG_MS);
        expect(typeof (await created.ttl())).toBe("number");
        await created.add(1, "forever");
        expect(typeof (await created.ttl())).toBe("number");
        const endless = await open(suite, "endless");
        await endless.add(1, "forever");
        await endless.add(1, LONG_MS);
        expect(await endless.ttl()).toBe("forever");
        const long = await open(suite, "long");
        await long.add(1, 3 * LONG_MS);
        await long.add(1, LONG_MS);
        expect(Number(await long.ttl()) > 2 * LONG_MS).toBe(true);
      },
    ],
    [
      `${name} is exact up to ±(2^53−1), and refuses to go beyond, changing nothing`,
      async (suite) => {
        const { expect } = suite;
        const counter = await open(suite);
        expect(await counter.add(MAX, "forever")).toBe(MAX);
        expect(await codeOf(counter.add(1))).toBe("VALIDATION");
        expect(await codeOf(counter.add(MAX))).toBe("VALIDATION");
        expect(await counter.read()).toBe("9007199254740991");
        expect(await counter.ttl()).toBe("forever");
        expect(await counter.add(-1)).toBe(MAX - 1);
        expect(await counter.add(-MAX)).toBe(-1);
        expect(await counter.add(-MAX + 1)).toBe(-MAX);
        expect(await codeOf(counter.add(-1))).toBe("VALIDATION");
        expect(await counter.read()).toBe("-9007199254740991");
      },
    ],
    [
      `${name} of an integer beyond 2^53 never yields a rounded result`,
      async (suite) => {
        const { expect } = suite;
        const counter = await open(suite);
        for (const text of ["9007199254740993", "9007199254740992", "9223372036854775807", "-9223372036854775808"]) {
          await counter.write(text);
          expect(await codeOf(counter.add(Math.sign(Number(text))))).toBe("VALIDATION");
          expect(await codeOf(counter.add(0))).toBe("VALIDATION");
          expect(await counter.read()).toBe(text);
        }
        await counter.write("9007199254740993");
        expect(await codeOf(counter.add(-1))).toBe("VALIDATION");
        expect(await counter.read()).toBe("9007199254740993");
        expect(await counter.add(-2)).toBe(MAX);
        await counter.write("-9007199254740993");
        expect(await codeOf(counter.add(1))).toBe("VALIDATION");
        expect(await counter.read()).toBe("-9007199254740993");
      },
    ],
    [
      `${name} of text that is not an integer fails with WRONG_TYPE and changes nothing`,
      async (suite) => {
        const { expect } = suite;
        const counter = await open(suite);
        for (const text of [...NOT_INTEGERS, "1e300", "12345678901234567890", "-9223372036854775809"]) {
          await counter.write(text, "forever");
          expect(`${text}: ${await codeOf(counter.add(1))}`).toBe(`${text}: WRONG_TYPE`);
          expect(await counter.read()).toBe(text);
        }
        expect(await counter.ttl()).toBe("forever");
      },
    ],
    [
      `${name} from two handles at once loses nothing`,
      async (suite) => {
        const { expect } = suite;
        const counters = [await open(suite), await open(suite)];
        const counts = await Promise.all(Array.from({ length: 100 }, (_, index) => counters[index % 2]!.add(1)));
        expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
        expect(await counters[0]!.read()).toBe("100");
      },
    ],
  ];
}
