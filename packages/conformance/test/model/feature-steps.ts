import { codec } from "@holdfast/core";
import type { Kv } from "@holdfast/kv";
import fc, { type Arbitrary } from "fast-check";
import { beginning, by, fieldName, text } from "./arbitraries.ts";
import { Compared } from "./compared.ts";
import { outcomeOf, roundTtl } from "./outcome.ts";

type Step = Compared<Kv<unknown>>;

const ttl = fc.constantFrom(3_600_000, "1d" as const, "forever" as const);

/** Everything that JavaScript has, among it what the codec refuses. */
const anyValue: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  {
    weight: 5,
    arbitrary: fc.anything({
      key: fieldName,
      maxDepth: 3,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withTypedArray: true,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(/a+/g, new URL("https://example.com/?q=1"), new RangeError("m"), -0, undefined),
  },
  { weight: 1, arbitrary: fc.constantFrom(Symbol("refused"), () => "refused", new WeakMap()) },
);

/** Values are the same if they are stored as the same text. */
async function encoded(reading: Promise<unknown>): Promise<string> {
  return codec.encode(await reading);
}

/** The feature's operations with values of every type. */
export function featureSteps(ids: readonly string[]): Arbitrary<Step>[] {
  const id = fc.constantFrom(...ids);
  const record = fc.dictionary(fieldName, anyValue, { maxKeys: 3 });

  function step<Parameters extends readonly unknown[]>(
    name: string,
    parameters: Arbitrary<Parameters>,
    run: (kv: Kv<unknown>, ...parameters: Parameters) => Promise<unknown>,
  ): Arbitrary<Step> {
    return parameters.map((drawn) => new Compared(name, drawn.map(readable), false, (kv) => run(kv, ...drawn)));
  }

  return [
    step("get", fc.tuple(id), (kv, key) => encoded(kv.get(key))),
    step("getMany", fc.tuple(fc.array(id)), (kv, keys) => encoded(kv.getMany(keys))),
    step("set", fc.tuple(id, anyValue, ttl), (kv, key, held, life) => kv.set(key, held, { ttl: life })),
    step("setMany", fc.tuple(fc.array(fc.tuple(id, anyValue), { maxLength: 3 }), ttl), (kv, entries, life) =>
      kv.setMany(entries, { ttl: life }),
    ),
    step("compareAndSet", fc.tuple(id, anyValue, ttl), async (kv, key, next, life) =>
      kv.compareAndSet(key, await kv.get(key), next, { ttl: life }),
    ),
    step("set under a condition", fc.tuple(id, anyValue, fc.boolean()), (kv, key, held, absent) =>
      kv.set(key, held, { ttl: "1h", ...(absent ? { ifAbsent: true } : { ifPresent: true }) }),
    ),
    step("increment", fc.tuple(id), (kv, key) => kv.increment(key)),
    step("increment by", fc.tuple(id, by, ttl), (kv, key, amount, life) =>
      kv.increment(key, { by: amount, ttl: life }),
    ),
    step("has", fc.tuple(id), (kv, key) => kv.has(key)),
    step("touch", fc.tuple(id, ttl), (kv, key, life) => kv.touch(key, life)),
    step("ttl", fc.tuple(id), async (kv, key) => roundTtl(await kv.ttl(key))),
    step("delete", fc.tuple(fc.array(id, { maxLength: 2 })), (kv, keys) => kv.delete(...keys)),
    step("hash set", fc.tuple(id, record, ttl), (kv, key, held, life) => kv.hash(key).set(held, { ttl: life })),
    step("hash get", fc.tuple(id, fieldName), (kv, key, field) => encoded(kv.hash(key).get(field))),
    step("hash getAll", fc.tuple(id), async (kv, key) => {
      const fields = Object.entries(await kv.hash(key).getAll()).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return codec.encode(fields);
    }),
    step("hash delete", fc.tuple(id, fc.array(fieldName, { maxLength: 3 })), (kv, key, names) =>
      kv.hash(key).delete(...names),
    ),
    step("hash increment", fc.tuple(id, fieldName, by, ttl), (kv, key, field, amount, life) =>
      kv.hash(key).increment(field, amount, { ttl: life }),
    ),
    step("keys", fc.tuple(id, fc.nat(2)), async (kv, key, length) => {
      const found: string[] = [];
      for await (const each of kv.keys({ prefix: beginning(key, length) })) found.push(each);
      return found.toSorted();
    }),
    step("batch", fc.tuple(id, id, anyValue), async (kv, one, other, held) => {
      const outcomes = await kv.batch(
        (b) => [b.get(one), b.set(other, held, { ttl: "1h" }), b.increment(one), b.get(other)] as const,
        { settle: true },
      );
      const read = (outcome: PromiseSettledResult<unknown>) =>
        outcomeOf(async () => {
          if (outcome.status === "rejected") throw outcome.reason;
          return codec.encode(outcome.value);
        });
      return Promise.all(outcomes.map(read));
    }),
  ];
}

function readable(parameter: unknown): string {
  return fc.stringify(parameter);
}
