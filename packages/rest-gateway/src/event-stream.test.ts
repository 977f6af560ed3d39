import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countConnections, startTestGateway, type TestGateway, until } from "../test/harness.ts";

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway({}, { own: true });
});
afterAll(() => setup[Symbol.asyncDispose]());

/** Reads events as a browser would: the data lines of each, joined. */
async function* readEvents(response: Response): AsyncGenerator<string> {
  let buffer = "";
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    buffer += chunk;
    const events = buffer.split("\n\n");
    buffer = events.pop() ?? "";
    for (const event of events) yield event.replaceAll(/^data: /gm, "");
  }
}

async function next(events: AsyncGenerator<string>): Promise<string | undefined> {
  const { value } = await events.next();
  return value as string | undefined;
}

describe("the official client", () => {
  test("subscribes, gets what is published, and leaves", async () => {
    const subscriber = setup.client.subscribe<unknown>(["news", "other"]);
    const counts: number[] = [];
    const messages: unknown[] = [];
    subscriber.on("subscribe", (count) => counts.push(count));
    subscriber.on("message", (message) => messages.push(message));
    await until(() => counts.length === 2);
    expect(counts).toEqual([1, 1]);

    expect(await setup.client.publish("news", { text: "a, b" })).toBe(1);
    expect(await setup.client.publish("other", "plain, with commas")).toBe(1);
    expect(await setup.client.publish("nobody", "x")).toBe(0);
    await until(() => messages.length === 2);
    expect(messages).toEqual(
      expect.arrayContaining([
        { channel: "news", message: { text: "a, b" } },
        { channel: "other", message: "plain, with commas" },
      ]),
    );

    await subscriber.unsubscribe(["news"]);
    await until(async () => (await setup.client.publish("news", "late")) === 0);
    await setup.client.publish("other", "still here");
    await until(() => messages.length === 3);
    await subscriber.unsubscribe();
    await until(async () => (await countConnections(setup.direct)) === 1);
  });

  test("subscribes to patterns, raw", async () => {
    const subscriber = setup.raw.psubscribe<string>(["user:*"]);
    const messages: unknown[] = [];
    let ready = false;
    subscriber.on("psubscribe", () => {
      ready = true;
    });
    subscriber.on("pmessage", (message) => messages.push(message));
    await until(() => ready);
    await setup.client.publish("user:1", "000123");
    await setup.client.publish("group:1", "not this");
    await setup.client.publish("user:2", "héllo 🎉");
    await until(() => messages.length === 2);
    expect(messages).toEqual([
      { pattern: "user:*", channel: "user:1", message: "000123" },
      { pattern: "user:*", channel: "user:2", message: "héllo 🎉" },
    ]);
    await subscriber.unsubscribe();
  });
});

describe("an event stream", () => {
  test("confirms each channel, then carries text with line breaks whole and in order", async () => {
    const response = await setup.request("/subscribe/a/b/a", { method: "GET" });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = readEvents(response);
    expect([await next(events), await next(events), await next(events)]).toEqual([
      "subscribe,a,1",
      "subscribe,b,2",
      "subscribe,a,2",
    ]);
    for (let count = 0; count < 50; count += 1) await setup.direct.publish("a", `line ${count}\nsecond\r\nthird`);
    for (let count = 0; count < 50; count += 1) {
      expect(await next(events)).toBe(`message,a,line ${count}\nsecond\nthird`);
    }
    await events.return(undefined);
    await until(async () => (await countConnections(setup.direct)) === 1);
  });

  test("shows what the server does on /monitor", async () => {
    const events = readEvents(await setup.request("/monitor"));
    expect(await next(events)).toBe('"OK"');
    await setup.direct.set('quote"d', "two words");
    await expect(
      (async () => {
        for await (const event of events) if (event.includes("two words")) return event;
        return "";
      })(),
    ).resolves.toMatch(/^\d+\.\d+ \[0 127\.0\.0\.1:\d+\] "set" "quote\\"d" "two words"$/);
  });

  test("needs a channel", async () => {
    const response = await setup.request("/subscribe");
    const error = "ERR wrong number of arguments for 'subscribe' command";
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });

  test("ends when the server goes away, and can be opened again when it is back", async () => {
    const first = readEvents(await setup.request("/subscribe/a"));
    expect(await next(first)).toBe("subscribe,a,1");
    await setup.redis.kill();
    expect(await next(first)).toBeUndefined();
    const refused = await setup.request("/subscribe/a");
    expect([refused.status, await refused.json()]).toEqual([503, { error: expect.stringContaining("Redis server") }]);
    await setup.redis.restart();
    const second = readEvents(
      await until(async () => {
        const response = await setup.request("/subscribe/a");
        return response.ok ? response : undefined;
      }),
    );
    expect(await next(second)).toBe("subscribe,a,1");
  });
});
