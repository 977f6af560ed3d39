import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createCache } from "../src/index.ts";
import { sleep, twoProcesses } from "./set-up.ts";

interface User {
  readonly id: string;
  readonly age: number;
}

const SCHEMAS = {
  zod: z.object({ id: z.string(), age: z.number() }),
  valibot: v.object({ id: v.string(), age: v.number() }),
  arktype: type({ id: "string", age: "number" }),
};

describe.each(Object.entries(SCHEMAS))("a schema of %s", (_library, schema) => {
  it("passes what fits, and makes the rest a miss with an event", async () => {
    const { backends, events } = twoProcesses();
    const options = { backend: backends[0], namespace: "users", ttl: "1m" } as const;
    await createCache({ ...options }).set("old", { id: 7 });
    const users = createCache<User>({ ...options, schema, events: (event) => events.push(event) });
    await users.set("new", { id: "7", age: 8 });
    expect(await users.get("new")).toEqual({ id: "7", age: 8 });
    expect(await users.get("old")).toBeUndefined();
    expect(await users.getOrSet("old", () => ({ id: "1", age: 2 }))).toEqual({ id: "1", age: 2 });
    expect(await users.getMany(["old", "new"])).toHaveProperty("size", 2);
    expect(events.filter(({ type: kind }) => kind === "invalid").length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(events)).not.toContain('"id":7');
  });

  it("throws instead, where that is asked for", async () => {
    const { backends } = twoProcesses();
    const options = { backend: backends[0], namespace: "users", ttl: "1m" } as const;
    await createCache({ ...options }).set("old", { id: 7 });
    const users = createCache<User>({ ...options, schema, onInvalid: "throw" });
    await expect(users.get("old")).rejects.toMatchObject({ code: "VALIDATION" });
    const computed = users.getOrSetMany(["new", "old"], (keys) => new Map(keys.map((id) => [id, { id, age: 1 }])));
    await expect(computed).rejects.toMatchObject({ code: "VALIDATION" });
    // The lease of the key that was missing is free.
    expect(await users.getOrSet("new", () => ({ id: "2", age: 2 }), { hardTimeout: "5s" })).toEqual({
      id: "2",
      age: 2,
    });
  });
});

describe("version", () => {
  it("makes entries of another version misses", async () => {
    const { backends } = twoProcesses();
    const options = { backend: backends[0], namespace: "v", ttl: "1m" } as const;
    const first = createCache<number>({ ...options, version: "1" });
    const second = createCache<number>({ ...options, version: "2" });
    await first.set("key", 1);
    expect(await second.get("key")).toBeUndefined();
    expect(await second.getOrSet("key", () => 2)).toBe(2);
    expect(await first.get("key")).toBeUndefined();
  });
});

describe("wrap", () => {
  it("caches a function's results by its arguments", async () => {
    const { a } = twoProcesses<string>();
    let runs = 0;
    const greet = a.wrap(
      async (name: string, times: number) => {
        runs += 1;
        return name.repeat(times);
      },
      { key: (name, times) => `${name}:${times}`, tags: ["greetings"] },
    );
    expect(await greet("ab", 2)).toBe("abab");
    expect(await greet("ab", 2)).toBe("abab");
    expect(await greet("ab", 3)).toBe("ababab");
    expect(runs).toBe(2);
    await a.invalidateTags("greetings");
    await greet("ab", 2);
    expect(runs).toBe(3);
  });
});

describe("an asynchronous schema", () => {
  it("that refuses several values at once leaves no rejection behind", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    const { backends } = twoProcesses();
    const options = { backend: backends[0], namespace: "numbers", ttl: "1m" } as const;
    const raw = createCache<number>(options);
    await raw.set("x", -1);
    await raw.set("y", -2);
    const positive = createCache<number>({
      ...options,
      schema: z.number().refine(async (value) => value > 0),
      onInvalid: "throw",
    });
    await expect(positive.getMany(["x", "y"])).rejects.toMatchObject({ code: "VALIDATION" });
    await sleep(20);
    process.off("unhandledRejection", listener);
    expect(unhandled).toEqual([]);
  });
});
