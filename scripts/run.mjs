// Runs one of the workspace's tasks on a machine that has only Node >= 20 and npm:
// installs everything with the pinned pnpm, then hands over to the pnpm script `task:<name>`.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [task, ...taskArguments] = process.argv.slice(2);
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const [major, minor] = process.versions.node.split(".").map(Number);

if (!task) {
  console.error("usage: node scripts/run.mjs <start | test | bench> [arguments]");
  process.exit(2);
}
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Holdfast needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(2);
}

const environment = {
  ...process.env,
  // The tests also run the built packages on the Node that the user has, not only on the pinned one.
  HOLDFAST_SYSTEM_NODE: process.env.HOLDFAST_SYSTEM_NODE ?? findSystemNode(),
  TURBO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  npm_config_yes: "true",
};

// In a process group of its own, so that a signal reaches every process that was started: npm's and pnpm's
// layers hand on Ctrl-C but not all of them SIGTERM, which would leave servers behind.
const ownGroup = process.platform !== "win32";
const GRACE_MS = 5_000;
let child;
let stoppedBy;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    stoppedBy = signal;
    send(signal);
    setTimeout(() => send("SIGKILL"), GRACE_MS).unref();
  });
}

await run(["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"]);
await run(["--yes", packageManager, "run", "--silent", `task:${task}`, ...taskArguments]);

/** npm puts node_modules/.bin first on the PATH, so that after the first installation this runs on the pinned Node. */
function findSystemNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? process.execPath;
}

/** @returns Whether anybody was there to receive it; signal 0 only asks. */
function send(signal) {
  try {
    return child !== undefined && process.kill(ownGroup ? -child.pid : child.pid, signal);
  } catch {
    return false;
  }
}

/** Runs npx to its end; a failure ends this process with the same code. */
async function run(npxArguments) {
  child = spawn("npx", npxArguments, {
    cwd: root,
    env: environment,
    stdio: "inherit",
    detached: ownGroup,
    shell: !ownGroup,
  });
  const { code, error } = await new Promise((resolve) => {
    child.once("error", (cause) => resolve({ error: cause }));
    child.once("exit", (status) => resolve({ code: status }));
  });
  if (error) {
    console.error(`Could not run npx (${error.message}). npm comes with Node: https://nodejs.org`);
    process.exit(1);
  }
  if (stoppedBy) {
    // npx goes first; what it started may still be closing. In a container without an init process the ended stay
    // listed for ever, so this waits no longer than they are given.
    const patienceEnds = Date.now() + GRACE_MS;
    while (Date.now() < patienceEnds && send(0)) await sleep(50);
    send("SIGKILL");
    // A server that somebody ends has done its work; a test run that somebody ends has not.
    process.exit(task === "start" ? 0 : 130);
  }
  if (code !== 0) process.exit(code ?? 1);
}
