import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";

/**
 * Ends servers whose test process died, however it died. The watchdog is a shell that holds a pipe from
 * this process: the kernel closes the pipe even after SIGKILL, and then the shell kills what is still listed.
 * Lines: `+ <pid> <folder>` and `- <pid> <folder>`.
 */
const WATCHDOG = `
trap '' INT TERM HUP
list=' '
while read -r sign pid folder; do
  case $sign in
    +) list="$list$pid|$folder " ;;
    -) rest="\${list#* $pid|$folder }"; list="\${list%% $pid|$folder *} $rest" ;;
  esac
done
for item in $list; do kill -9 "\${item%%|*}" 2>/dev/null; done
for item in $list; do rm -rf "\${item#*|}"; done
`;

let watchdog: ChildProcess | undefined;
const guarded = new Map<number, string>();

/** From now on the process and its folder go when this process goes. */
export function guard(pid: number, folder: string): void {
  if (!watchdog) startWatchdog();
  guarded.set(pid, folder);
  tell("+", pid, folder);
}

/** The process has ended; its id may now belong to somebody else. */
export function unguard(pid: number): void {
  const folder = guarded.get(pid);
  if (folder === undefined) return;
  guarded.delete(pid);
  tell("-", pid, folder);
}

function startWatchdog(): void {
  process.on("exit", () => {
    for (const pid of guarded.keys()) killQuietly(pid);
    for (const folder of guarded.values()) rmSync(folder, { recursive: true, force: true });
  });
  watchdog = spawn("/bin/sh", ["-c", WATCHDOG], { stdio: ["pipe", "ignore", "ignore"] });
  // Without a shell (Windows), or once the shell is gone, the exit listener above is what remains.
  watchdog.on("error", () => {});
  watchdog.stdin?.on("error", () => {});
  watchdog.unref();
  const pipe = watchdog.stdin;
  if (pipe && "unref" in pipe && typeof pipe.unref === "function") pipe.unref();
}

function tell(sign: "+" | "-", pid: number, folder: string): void {
  watchdog?.stdin?.write(`${sign} ${pid} ${folder}\n`);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
