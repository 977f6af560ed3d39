// Runs one of the workspace's tasks on a machine that has only Node >= 20 and npm:
// installs everything with the pinned pnpm, then hands over to the pnpm script `task:<name>`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
  HOLDFAST_SYSTEM_NODE: process.env.HOLDFAST_SYSTEM_NODE ?? process.execPath,
  TURBO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  npm_config_yes: "true",
};

run(["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"]);
run(["--yes", packageManager, "run", "--silent", `task:${task}`, ...taskArguments]);

function run(npxArguments) {
  const { status, signal, error } = spawnSync("npx", npxArguments, {
    cwd: root,
    env: environment,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error) {
    console.error(`Could not run npx (${error.message}). npm comes with Node: https://nodejs.org`);
    process.exit(1);
  }
  if (signal) process.exit(0);
  if (status !== 0) process.exit(status ?? 1);
}
