import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createKv } from "../src/index.ts";

describe("a schema", () => {
  const User = z.object({ id: z.string(), age: z.number() });

  it("is checked before writing and after reading", async () => {
    const storage = new MemoryStorage();
    const users = createKv({ backend: memoryBackend({ storage }), namespace: "users", schema: User });
    const raw = createKv({ backend: memoryBackend({ storage }), namespace: "users" });
    await users.set("1", { id: "1", age: 2 }, { ttl: "1m" });
    const user = await users.get("1");
    expectTypeOf(user).toEqualTypeOf<{ id: string; age: number } | undefined>();
    await expect(users.set("2", { id: "2" } as never, { ttl: "1m" })).rejects.toMatchObject({ code: "VALIDATION" });
    expect(await raw.has("2")).toBe(false);
    await raw.set("3", { id: 3 }, { ttl: "1m" });
    await expect(users.get("3")).rejects.toMatchObject({ code: "VALIDATION" });
    await expect(users.getMany(["1", "3"])).rejects.toMatchObject({ code: "VALIDATION" });
  });

  it("may be asynchronous", async () => {
    const schema = User.refine(async ({ age }) => age > 0);
    const users = createKv({ backend: memoryBackend(), namespace: "users", schema });
    await users.set("1", { id: "1", age: 2 }, { ttl: "1m" });
    await users.setMany([["2", { id: "2", age: 3 }]], { ttl: "1m" });
    await users.hash("h").set({ x: { id: "x", age: 1 } }, { ttl: "1m" });
    expect(await users.getMany(["1", "2"])).toHaveLength(2);
    expect(await users.batch((b) => [b.get("1"), b.hashGet("h", "x")])).toHaveLength(2);
    expect(await users.compareAndSet("1", { id: "1", age: 2 }, { id: "1", age: 5 }, { ttl: "1m" })).toBe(true);
    await expect(users.set("3", { id: "3", age: -1 }, { ttl: "1m" })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  it("that refuses one value later than another leaves no rejection behind", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    const storage = new MemoryStorage();
    const raw = createKv({ backend: memoryBackend({ storage }), namespace: "users" });
    const backend = memoryBackend({ storage });
    const users = createKv({ backend, namespace: "users", schema: User.refine(async ({ age }) => age > 0) });
    const refused = { id: "1", age: -1 };
    await raw.set("1", refused, { ttl: "1m" });
    await backend.kv.set("hf:k:users:2", "not JSON", { ttlMs: 60_000 });
    const calls = [
      users.setMany(
        [
          ["1", refused],
          ["", refused],
        ],
        { ttl: "1m" },
      ),
      users.batch((b) => [b.set("1", refused, { ttl: "1m" }), b.has("")]),
      users.getMany(["1", "2"]),
    ];
    const codes = await Promise.all(calls.map((call) => call.catch((error: { code: string }) => error.code)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", listener);
    expect(codes).toEqual(["INVALID_KEY", "INVALID_KEY", "SERIALIZATION"]);
    expect(unhandled).toEqual([]);
  });
});
