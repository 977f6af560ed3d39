import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { type Announce, installByAptGet, type Provision } from "./provision.ts";
import { CHROMIUM_ADVICE, CHROMIUM_BINARY, TEST_CHROMIUM } from "./variables.ts";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * @returns The full path of the Chromium or Chrome for tests.
 * @throws {Error} There is none; the message says what to do.
 */
export function findChromium(): string {
  const given = process.env[TEST_CHROMIUM];
  if (given && !existsSync(given)) throw new Error(`${TEST_CHROMIUM} names a file that does not exist.`);
  const found = given ?? process.env[CHROMIUM_BINARY] ?? findInstalled() ?? findPlaywrightDownload();
  if (found) return found;
  throw new Error(CHROMIUM_ADVICE);
}

/**
 * Finds a Chromium, or gets one: Playwright's download, then apt-get.
 *
 * @throws {Error} There is none; the message says what to do.
 */
export function provisionChromium(announce: Announce): Provision {
  try {
    return provide(findChromium());
  } catch (error) {
    if (process.env[TEST_CHROMIUM]) throw error;
  }
  announce("downloading Chromium with Playwright");
  const download = spawnSync("npx", ["--yes", "playwright-core", "install", "chromium"], {
    stdio: "ignore",
    timeout: 120_000,
  });
  const downloaded = download.status === 0 ? findPlaywrightDownload() : undefined;
  if (downloaded && runs(downloaded)) return provide(downloaded);
  if (installByAptGet("chromium", announce)) return provide(findChromium());
  throw new Error(CHROMIUM_ADVICE);
}

function provide(program: string): Provision {
  return { environment: { [CHROMIUM_BINARY]: program }, choice: program };
}

function findInstalled(): string | undefined {
  return findOnPath(...PROGRAMS) ?? APPLICATIONS.find((path) => existsSync(path));
}

/** A download lacks the system's libraries on a bare machine; then it is of no use. */
function runs(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}

function findPlaywrightDownload(): string | undefined {
  const folders = [
    process.env["PLAYWRIGHT_BROWSERS_PATH"],
    join(homedir(), ".cache", "ms-playwright"),
    join(homedir(), "Library", "Caches", "ms-playwright"),
  ];
  for (const folder of folders) {
    if (!folder || !existsSync(folder)) continue;
    const newestFirst = readdirSync(folder)
      .filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
      .toSorted((a, b) => Number(b.split("-")[1]) - Number(a.split("-")[1]));
    for (const name of newestFirst) {
      const program = ["chrome-linux", "chrome-linux64", "chrome-headless-shell-linux64", "chrome-mac"]
        .flatMap((inner) =>
          ["chrome", "headless_shell", "chrome-headless-shell"].map((file) => join(folder, name, inner, file)),
        )
        .find((path) => existsSync(path));
      if (program && runs(program)) return program;
    }
  }
  return undefined;
}
