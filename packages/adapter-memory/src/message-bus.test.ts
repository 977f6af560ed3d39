import { describe, expect, test } from "vitest";
import { MemoryStorage, memoryBackend } from "./index.ts";

const hear = (heard: string[]) => ({ onMessage: (message: string) => void heard.push(message) });

describe("the bus", () => {
  test("delivers after the publisher's turn, before it goes on", async () => {
    const { bus } = memoryBackend();
    const heard: string[] = [];
    await bus.subscribe("c", hear(heard));
    const published = bus.publish("c", "m");
    expect(heard).toEqual([]);
    await published;
    expect(heard).toEqual(["m"]);
  });

  test("delivers to who was subscribed when it was published, and still is", async () => {
    const { bus } = memoryBackend();
    const [early, leaving, late]: string[][] = [[], [], []];
    const going = await bus.subscribe("c", hear(leaving ?? []));
    await bus.subscribe("c", hear(early ?? []));
    const calls = [bus.publish("c", "1"), going.unsubscribe(), bus.subscribe("c", hear(late ?? []))];
    await Promise.all(calls);
    await bus.publish("c", "2");
    expect([early, leaving, late]).toEqual([["1", "2"], [], ["2"]]);
  });

  test("a handler may unsubscribe another, or publish again, in the midst of a delivery", async () => {
    const { bus } = memoryBackend();
    const heard: string[] = [];
    const first = await bus.subscribe("c", {
      onMessage: (message) => {
        heard.push(`first ${message}`);
        void second.unsubscribe();
        if (message === "1") void bus.publish("c", "2");
      },
    });
    const second = await bus.subscribe("c", { onMessage: (message) => void heard.push(`second ${message}`) });
    await bus.publish("c", "1");
    await Promise.resolve();
    await first.unsubscribe();
    expect(heard).toEqual(["first 1", "first 2"]);
  });

  test("close ends the subscriptions of its own backend only", async () => {
    const storage = new MemoryStorage();
    const [one, other] = [memoryBackend({ storage }), memoryBackend({ storage })];
    const [gone, kept]: string[][] = [[], []];
    await one.bus.subscribe("c", hear(gone ?? []));
    await other.bus.subscribe("c", hear(kept ?? []));
    await one.close();
    await other.bus.publish("c", "m");
    expect([gone, kept]).toEqual([[], ["m"]]);
    await expect(one.bus.subscribe("c", hear([]))).rejects.toMatchObject({ code: "BACKEND_UNAVAILABLE" });
  });
});
