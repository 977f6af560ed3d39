import { MemoryStorage, memoryBackend } from "@holdfast/adapter-memory";
import type { BusHandlers, MessageBus } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { createCache } from "../src/index.ts";
import { sleep, twoProcesses } from "./set-up.ts";

/** A bus whose connection the test cuts, and whose messages it loses. */
class FragileBus implements MessageBus {
  readonly #bus: MessageBus;
  readonly #handlers: BusHandlers[] = [];
  losing = false;

  constructor(bus: MessageBus) {
    this.#bus = bus;
  }

  publish(channel: string, message: string) {
    return this.#bus.publish(channel, message);
  }

  subscribe(channel: string, handlers: BusHandlers) {
    this.#handlers.push(handlers);
    return this.#bus.subscribe(channel, {
      onMessage: (message) => {
        if (!this.losing) handlers.onMessage(message);
      },
    });
  }

  lose() {
    for (const handlers of this.#handlers) handlers.onLost?.();
  }

  restore() {
    for (const handlers of this.#handlers) handlers.onGap?.();
  }
}

function fragile() {
  const storage = new MemoryStorage();
  const plain = memoryBackend({ storage });
  const backend = memoryBackend({ storage });
  const bus = new FragileBus(backend.bus);
  const options = { namespace: "tier", ttl: "1m", memory: {} } as const;
  const writer = createCache<number>({ backend: plain, ...options });
  const reader = createCache<number>({ backend: { name: "fragile", cache: backend.cache, bus }, ...options });
  return { writer, reader, bus, commands: () => backend.stats().commands };
}

describe("the memory tier", () => {
  it("answers without the store", async () => {
    const { reader, writer, commands } = fragile();
    await sleep(1);
    await writer.set("key", 1);
    await reader.get("key");
    const before = commands();
    for (let read = 0; read < 10; read += 1) expect(await reader.get("key")).toBe(1);
    expect(commands()).toBe(before);
    expect(reader.stats().hits.memory).toBe(10);
  });

  it("asks the store again while messages cannot arrive, and after they could not", async () => {
    const { reader, writer, bus, commands } = fragile();
    await sleep(1);
    await writer.set("key", 1);
    await reader.get("key");
    bus.losing = true;
    bus.lose();
    await writer.set("key", 2);
    expect(await reader.get("key")).toBe(2);
    bus.losing = false;
    bus.restore();
    expect(await reader.get("key")).toBe(2);
    const before = commands();
    expect(await reader.get("key")).toBe(2);
    expect(commands()).toBe(before);
  });

  it("notices from the numbers that a message is missing", async () => {
    const { reader, writer, bus } = fragile();
    await sleep(1);
    await writer.set("key", 1);
    await writer.set("other", 1);
    await reader.getMany(["key", "other"]);
    bus.losing = true;
    await writer.set("key", 2);
    await sleep(1);
    bus.losing = false;
    expect(await reader.get("key")).toBe(1);
    await writer.set("other", 2);
    await sleep(1);
    expect(await reader.getMany(["key", "other"])).toEqual(
      new Map([
        ["key", 2],
        ["other", 2],
      ]),
    );
  });

  it("does not keep what was read from the store before an invalidation was heard", async () => {
    const storage = new MemoryStorage();
    const backend = memoryBackend({ storage });
    const options = { namespace: "slow", ttl: "1m", memory: {} } as const;
    const writer = createCache<number>({ backend: memoryBackend({ storage }), ...options });
    let release!: () => void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let slow = true;
    const cache = new Proxy(backend.cache, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== "read" || !slow) return typeof member === "function" ? member.bind(target) : member;
        return async (...args: Parameters<typeof target.read>) => {
          const result = await target.read(...args);
          await held;
          return result;
        };
      },
    });
    const reader = createCache<number>({ backend: { name: "slow", cache, bus: backend.bus }, ...options });
    await sleep(1);
    await writer.set("key", 1);
    await sleep(1);
    const reading = reader.get("key");
    await sleep(1);
    await writer.set("key", 2);
    await sleep(1);
    release();
    expect(await reading).toBe(1);
    slow = false;
    expect(await reader.get("key")).toBe(2);
  });

  it("is bounded by its own TTL where the backend has no bus", async () => {
    const storage = new MemoryStorage();
    const options = { namespace: "deaf", ttl: "1m", memory: { ttl: 50 } } as const;
    const [writer, reader] = [0, 1].map(() =>
      createCache<number>({ backend: { name: "deaf", cache: memoryBackend({ storage }).cache }, ...options }),
    );
    await writer!.set("key", 1);
    expect(await reader!.get("key")).toBe(1);
    await writer!.set("key", 2);
    expect(await reader!.get("key")).toBe(1);
    await sleep(60);
    expect(await reader!.get("key")).toBe(2);
  });

  it("ends an entry when it ends, not when the tier's TTL does", async () => {
    const { a } = twoProcesses<number>({ memory: { ttl: "1m" }, ttl: 40 });
    await sleep(1);
    await a.set("key", 1);
    expect(await a.get("key")).toBe(1);
    await sleep(60);
    expect(await a.get("key")).toBeUndefined();
  });

  it("keeps no more entries than it may", async () => {
    const { a } = twoProcesses<number>({ memory: { maxEntries: 10 } });
    await sleep(1);
    for (let index = 0; index < 100; index += 1) await a.getOrSet(`key ${index}`, () => index);
    a.stats();
    for (let index = 0; index < 100; index += 1) await a.get(`key ${index}`);
    expect(a.stats().hits.memory).toBeLessThanOrEqual(10);
    expect(a.stats().hits.store).toBeGreaterThanOrEqual(90);
  });

  it("stops listening when it is closed", async () => {
    const { reader, writer } = fragile();
    await sleep(1);
    await writer.set("key", 1);
    await reader.get("key");
    await reader.close();
    await writer.set("key", 2);
    expect(await reader.get("key")).toBe(2);
  });
});

describe("values from the tier", () => {
  const value = () => ({ list: [1, { deep: true }] });

  it("are frozen by default, so that no caller changes them for another", async () => {
    const { a } = twoProcesses<{ list: unknown[] }>({ memory: {} });
    await sleep(1);
    const computed = await a.getOrSet("key", value);
    computed.list.push("mine");
    const first = await a.getOrSet("key", value);
    expect(first).toEqual(value());
    expect(() => first.list.push("no")).toThrow(TypeError);
    expect(Object.isFrozen(first.list[1])).toBe(true);
    expect(await a.get("key")).toBe(first);
  });

  it("are copied where they hold what cannot be frozen", async () => {
    const { a } = twoProcesses<{ when: Date; tags: Set<string> }>({ memory: {} });
    await sleep(1);
    await a.getOrSet("key", () => ({ when: new Date(0), tags: new Set(["a"]) }));
    const first = await a.get("key");
    first!.when.setTime(5);
    first!.tags.add("b");
    expect(await a.get("key")).toEqual({ when: new Date(0), tags: new Set(["a"]) });
  });

  it('are copied for everyone with "structured", and shared with "none"', async () => {
    for (const [clone, shared] of [
      ["structured", false],
      ["none", true],
    ] as const) {
      const { a } = twoProcesses<{ list: unknown[] }>({ memory: { clone } });
      await sleep(1);
      await a.getOrSet("key", value);
      const [first, second] = [await a.get("key"), await a.get("key")];
      expect(first).toEqual(value());
      expect(first === second).toBe(shared);
      expect(Object.isFrozen(first)).toBe(false);
    }
  });
});
