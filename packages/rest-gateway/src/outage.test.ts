import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestGateway, type TestGateway, until } from "../test/harness.ts";

let setup: TestGateway;
beforeAll(async () => {
  setup = await startTestGateway({ connectWaitMs: 300, replyTimeoutMs: 500 }, { own: true });
});
afterAll(() => setup[Symbol.asyncDispose]());

const away = { error: expect.stringMatching(/^ERR service unavailable: the gateway cannot reach its Redis server/) };

/** What every kind of request is answered, and how long all of them take together. */
async function askEverything(): Promise<{ answers: unknown[]; elapsedMs: number }> {
  const startedMs = performance.now();
  const requests = [
    setup.request("/get/k"),
    setup.request("/pipeline", { body: '[["get","k"],["incr","n"]]' }),
    setup.request("/multi-exec", { body: '[["incr","n"]]' }),
    setup.request("/blpop/list/0"),
    setup.request("/subscribe/channel"),
  ];
  const answers = await Promise.all(
    requests.map(async (request) => {
      const response = await request;
      return [response.status, await response.json()];
    }),
  );
  return { answers, elapsedMs: performance.now() - startedMs };
}

const allAway = { answers: Array.from({ length: 5 }, () => [503, away]), elapsedMs: expect.toSatisfy(isSoon) };

/** Each may take connectWaitMs and replyTimeoutMs; the rest is for a busy machine. */
function isSoon(elapsedMs: number): boolean {
  return elapsedMs < 5_000;
}

async function comeBack(): Promise<boolean> {
  await until(async () => (await setup.request("/ping")).ok);
  return (await setup.client.incr("n")) > 0;
}

describe("while Redis is away requests fail fast, and service resumes by itself", () => {
  test("when it is killed under load and restarted", async () => {
    const load = Array.from({ length: 200 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index));
      const response = await setup.request("/incr/n");
      return response.status;
    });
    expect(await load[0]).toBe(200);
    await setup.redis.kill();
    expect(new Set(await Promise.all(load))).toEqual(new Set([200, 503]));
    expect(await askEverything()).toEqual(allAway);
    await setup.redis.restart();
    expect(await comeBack()).toBe(true);
  });

  test("when it is paused and resumed", async () => {
    await setup.redis.pause();
    expect(await askEverything()).toEqual(allAway);
    await setup.redis.resume();
    expect(await comeBack()).toBe(true);
  });

  test("and a write that was refused because the server was away does not run later", async () => {
    await setup.redis.kill();
    await until(async () => (await setup.request("/ping")).status === 503);
    expect((await setup.request("/set/late/write")).status).toBe(503);
    await setup.redis.restart();
    expect(await comeBack()).toBe(true);
    expect(await setup.client.exists("late")).toBe(0);
  });
});
