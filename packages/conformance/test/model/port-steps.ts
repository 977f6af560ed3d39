import type { KeySpace, KeyValueStore } from "@holdfast/core";
import fc, { type Arbitrary } from "fast-check";
import { beginning, by, condition, fieldName, SHORTEST_MS, ttl, value } from "./arbitraries.ts";
import { Compared } from "./compared.ts";
import { outcomeOf, roundTtl } from "./outcome.ts";

/** A side of the comparison: the store, and the namespace that turns ids into its keys. */
export interface Port {
  readonly kv: KeyValueStore;
  readonly keys: KeySpace;
}

type Step = Compared<Port>;
type Sort = readonly (readonly [string, string])[];

function sorted(fields: Sort): Sort {
  return fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Every operation of the key-value port, with arguments that meet. */
export function portSteps(ids: readonly string[]): Arbitrary<Step>[] {
  const id = fc.constantFrom(...ids);
  const someIds = fc.array(id, { maxLength: 6 });
  const fields = fc.array(fc.tuple(fieldName, value), { minLength: 1, maxLength: 4 });
  const expected = fc.option(value, { nil: undefined });

  /** A step on keys whose stored form the namespace makes. */
  function step<Parameters extends readonly unknown[]>(
    name: string,
    parameters: Arbitrary<Parameters>,
    run: (port: Port & { key: (id: string) => string }, ...parameters: Parameters) => Promise<unknown>,
  ): Arbitrary<Step> {
    return parameters.map(
      (drawn) =>
        new Compared(name, drawn, drawn.includes(SHORTEST_MS), ({ kv, keys }: Port) =>
          run({ kv, keys, key: (k) => keys.toStored(k) }, ...drawn),
        ),
    );
  }

  const single = [
    step("get", fc.tuple(id), ({ kv, key }, k) => kv.get(key(k))),
    step("getMany", fc.tuple(someIds), ({ kv, key }, some) => kv.getMany(some.map(key))),
    step("set", fc.tuple(id, value, ttl, condition), ({ kv, key }, k, text, ttlMs, when) =>
      kv.set(key(k), text, { ttlMs, condition: when }),
    ),
    step("setMany", fc.tuple(fc.array(fc.tuple(id, value), { maxLength: 4 }), ttl), ({ kv, key }, entries, ttlMs) =>
      kv.setMany(
        entries.map(([k, text]) => ({ key: key(k), value: text })),
        ttlMs,
      ),
    ),
    step("delete", fc.tuple(someIds), ({ kv, key }, some) => kv.delete(some.map(key))),
    step("has", fc.tuple(id), ({ kv, key }, k) => kv.has(key(k))),
    step("touch", fc.tuple(id, ttl), ({ kv, key }, k, ttlMs) => kv.touch(key(k), ttlMs)),
    step("ttl", fc.tuple(id), async ({ kv, key }, k) => roundTtl(await kv.ttl(key(k)))),
    step("increment", fc.tuple(id, by, ttl), ({ kv, key }, k, amount, ttlMs) => kv.increment(key(k), amount, ttlMs)),
    step("compareAndSet", fc.tuple(id, expected, value, ttl), ({ kv, key }, k, held, next, ttlMs) =>
      kv.compareAndSet(key(k), held, next, ttlMs),
    ),
    step("compareAndSet to what is there", fc.tuple(id, value, ttl), async ({ kv, key }, k, next, ttlMs) =>
      kv.compareAndSet(key(k), await kv.get(key(k)), next, ttlMs),
    ),
    step("hashGet", fc.tuple(id, fieldName), ({ kv, key }, k, field) => kv.hashGet(key(k), field)),
    step("hashGetAll", fc.tuple(id), async ({ kv, key }, k) => sorted(await kv.hashGetAll(key(k)))),
    step("hashSet", fc.tuple(id, fields, ttl), ({ kv, key }, k, pairs, ttlMs) => kv.hashSet(key(k), pairs, ttlMs)),
    step("hashDelete", fc.tuple(id, fc.array(fieldName, { maxLength: 3 })), ({ kv, key }, k, names) =>
      kv.hashDelete(key(k), names),
    ),
    step("hashIncrement", fc.tuple(id, fieldName, by, ttl), ({ kv, key }, k, field, amount, ttlMs) =>
      kv.hashIncrement(key(k), field, amount, ttlMs),
    ),
    step(
      "scan",
      fc.tuple(id, fc.nat(2), fc.integer({ min: 1, max: 20 })),
      async ({ kv, keys }, k, length, pageSize) => {
        const found = new Set<string>();
        const prefix = beginning(k, length);
        for await (const page of kv.scan(keys.toStoredPrefix(prefix), pageSize))
          for (const stored of page) found.add(stored);
        return [...found].map((stored) => keys.toId(stored)).toSorted();
      },
    ),
  ];
  return [...single, inOneTick(id)];
}

/** Several calls at once, of which some fail: each comes to what it comes to alone. */
function inOneTick(id: Arbitrary<string>): Arbitrary<Step> {
  const call = fc.oneof(
    fc.record({ kind: fc.constant("get" as const), id }),
    fc.record({ kind: fc.constant("set" as const), id, text: value }),
    fc.record({ kind: fc.constant("increment" as const), id, by }),
    fc.record({ kind: fc.constant("hashGet" as const), id, field: fieldName }),
  );
  return fc.array(call, { minLength: 2, maxLength: 6 }).map(
    (calls) =>
      new Compared("in one tick", calls, false, ({ kv, keys }: Port) =>
        Promise.all(
          calls.map((made) =>
            outcomeOf(() => {
              const key = keys.toStored(made.id);
              if (made.kind === "get") return kv.get(key);
              if (made.kind === "set") return kv.set(key, made.text, { ttlMs: "forever" });
              if (made.kind === "increment") return kv.increment(key, made.by, "forever");
              return kv.hashGet(key, made.field);
            }),
          ),
        ),
      ),
  );
}
