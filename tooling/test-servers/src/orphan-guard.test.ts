import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";

const entry = new URL("../dist/index.js", import.meta.url).href;
const program = `
  import { startRedis } from ${JSON.stringify(entry)};
  const running = await startRedis({ own: true });
  const paused = await startRedis({ own: true, appendonly: true });
  await paused.pause();
  console.log(JSON.stringify({ ports: [running.port, paused.port] }));
  setInterval(() => {}, 1000);
`;

/** Starts two servers in another process, ends that process, and tells what it left. */
async function startAndEnd(signal: NodeJS.Signals): Promise<readonly number[]> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HOLDFAST_REDIS_IMAGE: "" },
  });
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  const { ports } = JSON.parse(output.toString()) as { ports: number[] };
  expect(await Promise.all(ports.map(accepts))).toEqual([true, true]);
  child.kill(signal);
  await once(child, "exit");
  return ports;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "servers do not outlive a test process that %s ends",
  async (signal) => {
    const ports = await startAndEnd(signal);
    await expect.poll(() => Promise.all(ports.map(accepts)), { timeout: 10_000 }).toEqual([false, false]);
  },
);
