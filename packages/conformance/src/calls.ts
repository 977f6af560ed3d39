import type { BackendUnavailableError } from "@holdfast/core";
import { claimOf, fillOf, putOf, slotOf } from "./cache-steps.ts";
import { operationsOf, prepare, stateOf } from "./call-operations.ts";
import { aborted, codeOf, errorOf, LONG_MS, type Section } from "./suite.ts";

const ttlMs = LONG_MS;

/** What holds for every call. */
export const CALLS: Section = {
  name: "calls",
  cases: [
    [
      "calls of one tick settle one by one, one that fails among them",
      async (suite) => {
        const { kv } = await suite.open();
        const { key, expect } = suite;
        await kv.hashSet(key("hash"), [["f", "v"]], ttlMs);
        await kv.set(key("text"), "abc", { ttlMs });
        const settled = await Promise.allSettled([
          kv.get(key("text")),
          kv.increment(key("text"), 1, ttlMs),
          kv.get(key("hash")),
          kv.set(key("new"), "v", { ttlMs }),
          kv.increment(key("count"), 2, ttlMs),
          kv.hashGet(key("text"), "f"),
          kv.compareAndSet(key("text"), "abc", "def", ttlMs),
          kv.hashGetAll(key("hash")),
        ]);
        expect(settled.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : "failed"))).toEqual([
          "abc",
          "failed",
          "failed",
          true,
          2,
          "failed",
          true,
          [["f", "v"]],
        ]);
      },
    ],
    [
      "calls of one tick on one key take effect in the order of the calls",
      async (suite) => {
        const { kv } = await suite.open();
        const name = suite.key("k");
        const seen = await Promise.all([
          kv.set(name, "1", { ttlMs }),
          kv.get(name),
          kv.set(name, "2", { ttlMs }),
          kv.get(name),
          kv.delete([name]),
          kv.get(name),
          kv.set(name, "3", { ttlMs, condition: "absent" }),
          kv.get(name),
        ]);
        suite.expect(seen).toEqual([true, "1", true, "2", 1, undefined, true, "3"]);
      },
    ],
    [
      "each operation is at most one round trip",
      async (suite) => {
        const backend = await suite.open();
        await prepare(backend, suite);
        const trips: Record<string, number> = {};
        for (const [name, run] of operationsOf(backend, suite)) {
          // Scans and lists, and on a cluster claims and invalidations, take trips by contract.
          if (name === "scan" || name === "sessions.list") continue;
          if (backend.cache.buckets > 1 && (name === "cache.claim" || name === "cache.invalidate")) continue;
          // A server may have to be told a script first.
          await run();
          const before = backend.stats().roundTrips;
          await run();
          const taken = backend.stats().roundTrips - before;
          if (taken > 1) trips[name] = taken;
        }
        suite.expect(trips).toEqual({});
      },
    ],
    [
      "calls of one tick share a round trip",
      async (suite) => {
        const backend = await suite.open();
        const { key, expect } = suite;
        const before = backend.stats();
        const calls = Array.from({ length: 60 }, (_, index) =>
          index % 2 ? backend.kv.set(key(`k${index}`), "v", { ttlMs }) : backend.kv.get(key(`k${index}`)),
        );
        await Promise.all(calls);
        const after = backend.stats();
        expect(after.roundTrips - before.roundTrips <= 1).toBe(true);
        expect(after.commands - before.commands).toBe(60);
      },
    ],
    [
      "a hundred cache entries are read, claimed, filled and put in one round trip each",
      async (suite) => {
        const backend = await suite.open();
        const { cache } = backend;
        // On a cluster, the epoch costs a claim a trip more.
        const allowed = { read: 1, claim: cache.buckets > 1 ? 2 : 1, fill: 1, put: 1 };
        const trips = { read: 0, claim: 0, fill: 0, put: 0 };
        const counted = async <Result>(name: keyof typeof trips, call: () => Promise<Result>): Promise<Result> => {
          const before = backend.stats().roundTrips;
          const result = await call();
          trips[name] = backend.stats().roundTrips - before;
          return result;
        };
        // The second round finds a server that knows the scripts.
        for (const round of [1, 2]) {
          const slots = Array.from({ length: 100 }, (_, index) => slotOf(suite, `${round}:${index}`, index % 2));
          const claims = slots.map((slot) => claimOf(suite, slot));
          const leases = await counted("claim", () => cache.claim(claims));
          const fills = leases.map((lease, index) => {
            if (lease.kind !== "granted") throw new Error("The claims should have been granted.");
            return fillOf(suite, claims[index]!, lease, "v");
          });
          suite.expect(await counted("fill", () => cache.fill(fills))).toEqual(fills.map(() => true));
          const read = await counted("read", () => cache.read(claims));
          suite.expect(read.map(({ entry }) => entry?.text)).toEqual(slots.map(() => "v"));
          await counted("put", () => cache.put(slots.map((slot) => putOf(slot, "w"))));
        }
        const names = ["read", "claim", "fill", "put"] as const;
        suite
          .expect(names.filter((name) => trips[name] > allowed[name]).map((name) => [name, trips[name]]))
          .toEqual([]);
      },
    ],
    [
      "stats count commands and failures",
      async (suite) => {
        const backend = await suite.open();
        const { key, expect } = suite;
        await backend.kv.set(key("text"), "abc", { ttlMs });
        const before = backend.stats();
        await backend.kv.get(key("text"));
        await codeOf(backend.kv.hashGet(key("text"), "f"));
        const after = backend.stats();
        expect(after.commands - before.commands).toBe(2);
        expect(after.errors - before.errors).toBe(1);
      },
    ],
    [
      "an aborted call rejects with the signal's reason and does nothing",
      async (suite) => {
        const backend = await suite.open();
        await prepare(backend, suite);
        const before = await stateOf(backend, suite);
        const reason = new Error("no longer wanted");
        for (const [name, run] of operationsOf(backend, suite)) {
          const error = await errorOf(() => run(aborted(reason)));
          suite.expect([name, error === reason]).toEqual([name, true]);
        }
        suite.expect(await stateOf(backend, suite)).toEqual(before);
      },
    ],
    [
      "calls that are aborted under way settle with their result or the signal's reason, and disturb no others",
      async (suite) => {
        const { kv } = await suite.open();
        const { key, expect } = suite;
        const reason = new Error("no longer wanted");
        for (let round = 0; round < 20; round += 1) {
          const names = Array.from({ length: 6 }, (_, index) => key(`${round}:${index}`));
          await kv.setMany(
            names.map((name) => ({ key: name, value: name })),
            ttlMs,
          );
          const controller = new AbortController();
          const { signal } = controller;
          const calls = names.map((name, index) => kv.get(name, index % 2 ? { signal } : undefined));
          // In the tick of the calls, and at several moments after it.
          for (let turn = 0; turn < round % 5; turn += 1) await Promise.resolve();
          if (round >= 15) await new Promise((resolve) => setTimeout(resolve));
          controller.abort(reason);
          const outcomes = await Promise.allSettled(calls);
          const asAllowed = outcomes.map((outcome, index) =>
            outcome.status === "fulfilled"
              ? outcome.value
              : index % 2 && outcome.reason === reason
                ? names[index]
                : "?",
          );
          expect(asAllowed).toEqual(names);
          expect(await kv.getMany(names)).toEqual(names);
        }
      },
    ],
    [
      "bounds that are not reached change nothing",
      async (suite) => {
        const backend = await suite.open();
        await prepare(backend, suite);
        const options = { timeoutMs: 60_000, signal: new AbortController().signal };
        for (const [name, run] of operationsOf(backend, suite)) {
          suite.expect([name, await codeOf(() => run(options))]).toEqual([name, "no error"]);
        }
      },
    ],
    [
      "after close() every call fails with BACKEND_UNAVAILABLE, not applied",
      async (suite) => {
        const [backend, other] = [await suite.open(), await suite.open()];
        await prepare(backend, suite);
        const before = await stateOf(other, suite);
        await backend.close();
        await backend.close();
        await backend[Symbol.asyncDispose]();
        const closed = [...operationsOf(backend, suite), ["ping", () => backend.ping()] as const];
        for (const [name, run] of closed) {
          const error = (await errorOf(() => run())) as BackendUnavailableError | undefined;
          suite.expect([name, error?.code, error?.outcome]).toEqual([name, "BACKEND_UNAVAILABLE", "not-applied"]);
        }
        suite.expect(await stateOf(other, suite)).toEqual(before);
      },
    ],
    [
      "calls under way when close() begins settle",
      async (suite) => {
        const [backend, other] = [await suite.open(), await suite.open()];
        const names = Array.from({ length: 20 }, (_, index) => suite.key(`k${index}`));
        const calls = names.map((name) => backend.kv.set(name, "v", { ttlMs }));
        await Promise.all([backend.close(), ...calls]);
        suite.expect(await other.kv.getMany(names)).toEqual(names.map(() => "v"));
      },
    ],
    [
      "ping tells the round trip in milliseconds",
      async (suite) => {
        const backend = await suite.open();
        const ms = await backend.ping({ timeout: "10s" });
        suite.expect(ms >= 0 && ms < 10_000).toBe(true);
        suite.expect(await codeOf(() => backend.ping({ timeout: 0 }))).toBe("RangeError");
      },
    ],
    [
      "errors name no value and no text that was stored",
      async (suite) => {
        const { kv } = await suite.open();
        const secret = "s3cr3t-value";
        await kv.set(suite.key("text"), secret, { ttlMs });
        const calls = [
          () => kv.increment(suite.key("text"), 1, ttlMs),
          () => kv.hashSet(suite.key("text"), [[secret, secret]], ttlMs),
          () => kv.hashIncrement(suite.key("text"), secret, 1, ttlMs),
        ];
        for (const call of calls) {
          const error = await errorOf(call);
          suite.expect(error instanceof Error).toBe(true);
          suite.expect(everyTextOf(error).includes(secret)).toBe(false);
        }
      },
    ],
  ],
};

/** Message, stack and everything else that a logger would print, of the causes too. */
function everyTextOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? "";
  const own = Object.getOwnPropertyNames(error).filter((name) => name !== "cause");
  const texts = own.map((name) => JSON.stringify(Object.getOwnPropertyDescriptor(error, name)?.value) ?? "");
  return texts.join(" ") + (error.cause === undefined ? "" : everyTextOf(error.cause));
}
