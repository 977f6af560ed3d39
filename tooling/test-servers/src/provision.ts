import { spawnSync } from "node:child_process";
import { findOnPath } from "./find-on-path.ts";

/** What provisioning found, as environment variables for the tests. */
export interface Provision {
  readonly environment: Readonly<Record<string, string>>;
  /** One sentence for people: what was chosen. */
  readonly choice: string;
}

/** Tells people what happens; installing software is never silent. */
export type Announce = (message: string) => void;

/** The beginning of a command that may install packages, or nothing where that is not possible unasked. */
function findAptGet(): readonly string[] | undefined {
  const aptGet = findOnPath("apt-get");
  if (!aptGet) return undefined;
  if (process.getuid?.() === 0) return [aptGet];
  const sudo = findOnPath("sudo");
  if (sudo && spawnSync(sudo, ["-n", "true"], { stdio: "ignore" }).status === 0) return [sudo, "-n", aptGet];
  return undefined;
}

/**
 * Installs a Debian package after saying so.
 *
 * @returns Whether it is installed now.
 */
export function installByAptGet(packageName: string, announce: Announce): boolean {
  const aptGet = findAptGet();
  if (!aptGet) return false;
  const [program = "", ...first] = aptGet;
  announce(`installing ${packageName} by apt-get (a system package; remove it with: apt-get remove ${packageName})`);
  for (const step of [["update"], ["install", "-y", "--no-install-recommends", packageName]]) {
    const { status, stderr } = spawnSync(program, [...first, ...step], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    // A failed update of one source must not stop what the others can install.
    if (status !== 0 && step[0] === "install") {
      announce(`apt-get ${step.join(" ")} failed: ${stderr.trim().split("\n").at(-1) ?? ""}`);
      return false;
    }
  }
  return true;
}
