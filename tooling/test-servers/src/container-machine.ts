import { setTimeout as sleep } from "node:timers/promises";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import { findFreePorts } from "./free-ports.ts";
import { lastLines } from "./last-lines.ts";
import type { Machine, MachineProcess } from "./machine.ts";

/** The first process of a container must collect ended children, as this loop does, or they would seem alive. */
const IDLE = ["sh", "-c", "while :; do sleep 1; done"];

/**
 * Runs servers as processes inside one Docker container, so that a cluster's nodes share 127.0.0.1. Each port
 * has the same number inside and outside: the addresses that nodes announce hold in both places. testcontainers'
 * reaper removes the container when the test process dies.
 *
 * @param servers How many ports are published; they cannot be added later.
 */
export async function createContainerMachine(image: string, servers: number): Promise<Machine> {
  const ports = await findFreePorts(servers);
  const container = await new GenericContainer(image)
    .withEntrypoint(IDLE)
    .withExposedPorts(...ports.map((port) => ({ container: port, host: port })))
    // Nothing listens yet, which the default strategy would wait for.
    .withWaitStrategy(Wait.forSuccessfulCommand("redis-server --version"))
    .start();
  const run = async (script: string): Promise<string> => {
    const { exitCode, output } = await container.exec(["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`In the ${image} container, "${script}" failed:\n${output}`);
    return output.trim();
  };
  return {
    // Published ports arrive at the container's outer address.
    bindAddress: "0.0.0.0",
    async takePort() {
      const port = ports.pop();
      if (port === undefined) throw new Error(`The container publishes ${servers} ports, and all are in use.`);
      return port;
    },
    async prepare(serverName, configuration) {
      const folder = `/holdfast/${serverName}`;
      const content = `dir ${folder}\n${configuration}`;
      await run(`mkdir -p ${folder}`);
      await container.copyContentToContainer([{ content, target: `${folder}/redis.conf` }]);
      return folder;
    },
    launch: (folder, flags) => launch(container, run, folder, flags),
    readLog: async (folder) => lastLines(await run(`cat ${folder}/redis.log`)),
    async dispose() {
      await container.stop({ timeout: 0 });
    },
  };
}

async function launch(
  container: StartedTestContainer,
  run: (script: string) => Promise<string>,
  folder: string,
  flags: readonly string[],
): Promise<MachineProcess> {
  const command = ["redis-server", `${folder}/redis.conf`, ...flags].join(" ");
  const pid = Number(await run(`${command} >>${folder}/redis.log 2>&1 </dev/null & echo $!`));
  if (!Number.isInteger(pid)) throw new Error(`"${command}" did not start in the container.`);
  const isRunning = async (): Promise<boolean> => (await container.exec(["kill", "-0", String(pid)])).exitCode === 0;
  return {
    async signal(name) {
      await container.exec(["kill", `-${name.slice("SIG".length)}`, String(pid)]);
    },
    isRunning,
    async waitForEnd() {
      while (await isRunning()) await sleep(20);
    },
  };
}
