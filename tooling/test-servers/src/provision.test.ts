import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findChromium, provisionChromium, provisionRedis } from "./index.ts";

let bin = "";
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "holdfast-path-"));
  // A machine with nothing on it: no program, no Docker, no browser.
  vi.stubEnv("PATH", bin);
  vi.stubEnv("HOLDFAST_TEST_DOCKER", "off");
  for (const name of ["TEST_REDIS_URL", "REDIS_SERVER_BIN", "REDIS_IMAGE", "TEST_CHROMIUM", "CHROMIUM_BIN"]) {
    vi.stubEnv(`HOLDFAST_${name}`, undefined);
  }
  vi.stubEnv("PLAYWRIGHT_BROWSERS_PATH", join(bin, "browsers"));
  vi.stubEnv("HOME", bin);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true });
});

function program(name: string, script: string): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** What was done and said, in order. */
function listener(): { said: string[]; announce: (message: string) => void } {
  const said: string[] = [];
  return { said, announce: (message) => void said.push(message) };
}

test("takes redis-server from the PATH where there is no Docker", async () => {
  const path = program("redis-server", "echo 'Redis server v=7.2.4 sha=0'");
  const { said, announce } = listener();
  expect(await provisionRedis(announce)).toEqual({
    environment: { HOLDFAST_REDIS_SERVER_BIN: path },
    choice: `${path} (7.2.4)`,
  });
  expect(said).toEqual([]);
});

test("with nothing and no apt-get it stops and says what helps", async () => {
  await expect(provisionRedis(() => {})).rejects.toThrow(/found none[\s\S]*redis-server[\s\S]*Docker[\s\S]*apt-get/);
});

test("installs by apt-get after saying so, when it may", async () => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) program("sudo", '[ "$1" = -n ] && shift; exec "$@"');
  program("true", "exit 0");
  const target = join(bin, "redis-server");
  program(
    "apt-get",
    `[ "$1" = update ] && exit 0
     printf '#!/bin/sh\\necho "Redis server v=7.0.15 sha=0"\\n' > ${target} && /bin/chmod +x ${target}`,
  );
  const { said, announce } = listener();
  expect((await provisionRedis(announce)).environment).toEqual({ HOLDFAST_REDIS_SERVER_BIN: target });
  expect(said).toEqual([expect.stringContaining("installing redis-server by apt-get")]);
});

test("a failed installation is told, and ends with advice", async () => {
  if (process.getuid?.() !== 0) program("sudo", '[ "$1" = -n ] && shift; exec "$@"');
  program("true", "exit 0");
  program("apt-get", '[ "$1" = update ] && exit 0; echo "E: no network" >&2; exit 100');
  const { said, announce } = listener();
  await expect(provisionRedis(announce)).rejects.toThrow("found none");
  expect(said.join("\n")).toContain("E: no network");
});

test("an old redis-server is passed over, aloud", async () => {
  program("redis-server", "echo 'Redis server v=5.0.3 sha=0'");
  const { said, announce } = listener();
  await expect(provisionRedis(announce)).rejects.toThrow("found none");
  expect(said).toEqual([expect.stringContaining("older than Redis 7")]);
});

test("a given server that does not answer is an error, not a reason to look elsewhere", async () => {
  program("redis-server", "echo 'Redis server v=7.2.4 sha=0'");
  vi.stubEnv("HOLDFAST_TEST_REDIS_URL", "redis://127.0.0.1:1");
  await expect(provisionRedis(() => {})).rejects.toThrow("HOLDFAST_TEST_REDIS_URL is set, but");
});

test("takes Chromium from the variable, the PATH, or Playwright's folder, and else says what helps", () => {
  expect(() => findChromium()).toThrow(/found none[\s\S]*HOLDFAST_TEST_CHROMIUM[\s\S]*playwright/);
  const installed = program("google-chrome", "exit 0");
  expect(findChromium()).toBe(installed);
  const given = program("my-chromium", "exit 0");
  vi.stubEnv("HOLDFAST_TEST_CHROMIUM", given);
  expect(findChromium()).toBe(given);
  vi.stubEnv("HOLDFAST_TEST_CHROMIUM", join(bin, "absent"));
  expect(() => provisionChromium(() => {})).toThrow("HOLDFAST_TEST_CHROMIUM names a file that does not exist");
});

test("tries Playwright's download, then apt-get, each aloud", () => {
  if (process.getuid?.() !== 0) program("sudo", '[ "$1" = -n ] && shift; exec "$@"');
  program("true", "exit 0");
  program("npx", "exit 1");
  const target = join(bin, "chromium");
  program(
    "apt-get",
    `[ "$1" = update ] && exit 0
     printf '#!/bin/sh\\nexit 0\\n' > ${target} && /bin/chmod +x ${target}`,
  );
  const { said, announce } = listener();
  expect(provisionChromium(announce).environment).toEqual({ HOLDFAST_CHROMIUM_BIN: target });
  expect(said).toEqual([
    "downloading Chromium with Playwright",
    expect.stringContaining("installing chromium by apt-get"),
  ]);
});
