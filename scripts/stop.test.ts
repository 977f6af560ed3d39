import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const children = JSON.stringify(join(import.meta.dirname, "lib", "children.ts"));
const stubborn = "trap '' INT TERM; echo $$; while :; do sleep 0.1; done";

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(["SIGINT", "SIGTERM"] as const)("%s ends what the run has started, even what ignores it", async (signal) => {
  const program = `
    import { run, stopChildrenOnSignals } from ${children};
    stopChildrenOnSignals();
    await run("sh", ["-c", ${JSON.stringify(stubborn)}], { visible: true });
  `;
  const runner = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [output] = (await once(runner.stdout, "data")) as [Buffer];
  const pid = Number(output.toString());
  expect(isRunning(pid)).toBe(true);
  runner.kill(signal);
  const [code] = (await once(runner, "exit")) as [number | null];
  expect(code).toBe(130);
  await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
});
