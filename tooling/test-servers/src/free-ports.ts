import { createServer } from "node:net";

// Below the ephemeral ranges of Linux and macOS, so that no outgoing connection takes a port between two restarts,
// and low enough that a cluster node's bus, at port + 10,000, is below them too.
const LOWEST = 11_000;
const HIGHEST = 21_999;
const BUS_OFFSET = 10_000;

/** Handed out already by this process; a server that is down for a moment keeps its port. */
const taken = new Set<number>();

/**
 * @returns Ports of 127.0.0.1 that were free a moment ago, with port + 10,000 free too: the cluster bus listens
 * there. Another process may be faster: retry when a server cannot listen.
 */
export async function findFreePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries > 2_000) throw new Error(`No ${count} free ports between ${LOWEST} and ${HIGHEST} on 127.0.0.1.`);
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (taken.has(port)) continue;
    taken.add(port);
    if ((await isFree(port)) && (await isFree(port + BUS_OFFSET))) found.push(port);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
