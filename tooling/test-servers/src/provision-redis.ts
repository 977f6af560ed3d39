import { spawnSync } from "node:child_process";
import { findOnPath } from "./find-on-path.ts";
import { type Announce, installByAptGet, type Provision } from "./provision.ts";
import { tryOnce } from "./try-once.ts";
import { REDIS_ADVICE, REDIS_IMAGE, REDIS_SERVER_BINARY, TEST_DOCKER, TEST_REDIS_URL } from "./variables.ts";

/** Seven is the oldest major version whose cluster and function commands the tests use. */
const OLDEST_MAJOR = 7;
const IMAGE = "redis:7.4-alpine";

/**
 * Finds a Redis for the tests: `HOLDFAST_TEST_REDIS_URL` for what one shared server can do, and for the rest, in this
 * order, Docker, `redis-server` on the PATH, apt-get.
 *
 * @throws {Error} There is none; the message says what to do.
 */
export async function provisionRedis(announce: Announce): Promise<Provision> {
  const url = process.env[TEST_REDIS_URL];
  if (url) await assertReachable(url);
  const own = (await findDocker(announce)) ?? findBinary(announce) ?? installBinary(announce);
  if (!own) throw new Error(REDIS_ADVICE);
  if (!url) return own;
  return { ...own, choice: `${TEST_REDIS_URL} for shared use; for crashes, freezes and clusters: ${own.choice}` };
}

async function assertReachable(url: string): Promise<void> {
  const client = tryOnce(url);
  try {
    await client.connect();
    await client.ping();
  } catch (cause) {
    throw new Error(`${TEST_REDIS_URL} is set, but the server does not answer. Correct or unset it.`, { cause });
  } finally {
    client.disconnect();
  }
}

async function findDocker(announce: Announce): Promise<Provision | undefined> {
  if (process.env[TEST_DOCKER] === "off") return undefined;
  const { getContainerRuntimeClient, GenericContainer, Wait } = await import("testcontainers");
  try {
    await getContainerRuntimeClient();
  } catch {
    // testcontainers' way to say that no Docker runs here; it takes milliseconds.
    return undefined;
  }
  try {
    announce(`trying ${IMAGE} in Docker`);
    const trial = await new GenericContainer(IMAGE)
      .withWaitStrategy(Wait.forSuccessfulCommand("redis-server --version"))
      .start();
    await trial.stop({ timeout: 0 });
    return { environment: { [REDIS_IMAGE]: IMAGE }, choice: `${IMAGE} in Docker` };
  } catch (error) {
    announce(`Docker runs, but ${IMAGE} does not start (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
}

function findBinary(announce: Announce): Provision | undefined {
  const binary = findOnPath("redis-server");
  if (!binary) return undefined;
  const version = /v=(\d+)\S*/.exec(spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout);
  if (Number(version?.[1] ?? 0) < OLDEST_MAJOR) {
    announce(`${binary} is older than Redis ${OLDEST_MAJOR}; looking further`);
    return undefined;
  }
  return { environment: { [REDIS_SERVER_BINARY]: binary }, choice: `${binary} (${version?.[0].slice(2)})` };
}

function installBinary(announce: Announce): Provision | undefined {
  return installByAptGet("redis-server", announce) ? findBinary(announce) : undefined;
}
