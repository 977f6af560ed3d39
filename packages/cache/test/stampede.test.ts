import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type GatewayHandle, type RedisHandle, startGateway, startRedis } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CALLER = fileURLToPath(new URL("./processes/caller.mjs", import.meta.url));

let redis: RedisHandle;
let gateway: GatewayHandle;

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startGateway({ redis: redis.url });
});

afterAll(async () => {
  await gateway.stop();
  await redis.stop();
});

interface Report {
  readonly runs: number;
  readonly distinct: readonly number[];
}

/** Forks a caller and waits until it is connected. */
async function startCaller(task: object): Promise<ChildProcess> {
  const child = fork(CALLER, [JSON.stringify({ callers: 250, computeMs: 200, leaseTtlMs: 1_000, ...task })]);
  await once(child, "message");
  return child;
}

/** Lets it begin, and waits for what it reports. */
async function finish(child: ChildProcess): Promise<Report> {
  const report = new Promise<Report>((resolve) => {
    child.on("message", (message) => {
      if (typeof message === "object") resolve(message as Report);
    });
  });
  child.send("go");
  const result = await report;
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(0);
  return result;
}

describe.each([
  ["Redis", () => ({ redis: redis.url })],
  ["HTTP", () => ({ rest: { url: gateway.url, token: gateway.token } })],
])("four processes with 250 callers each on one cold key, over %s", (_name, connection) => {
  it("compute it once", async () => {
    await flush();
    const children = await Promise.all(Array.from({ length: 4 }, () => startCaller(connection())));
    const reports = await Promise.all(children.map(finish));
    expect(reports.reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
    expect(new Set(reports.flatMap(({ distinct }) => distinct)).size).toBe(1);
  });

  it("compute it twice when the holder is killed half-way", async () => {
    await flush();
    const holder = await startCaller({ ...connection(), callers: 1, dies: true });
    const computing = once(holder, "message");
    holder.send("go");
    await computing;
    const children = await Promise.all(Array.from({ length: 4 }, () => startCaller(connection())));
    const reports = Promise.all(children.map(finish));
    holder.kill("SIGKILL");
    expect((await reports).reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
    expect(new Set((await reports).flatMap(({ distinct }) => distinct)).size).toBe(1);
  });
});

async function flush(): Promise<void> {
  const { Redis } = await import("ioredis");
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
}
