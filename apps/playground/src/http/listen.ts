import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** How many ports after the wanted one are tried. */
const FURTHER_PORTS = 20;

/**
 * Listens on `port`, or on one of the twenty after it if it is taken; 0 takes any free port.
 *
 * @param say Is told of every port that was taken.
 * @returns The port in use.
 * @throws The system's error, if no port could be had or the host is not this machine's.
 */
export async function listen(server: Server, host: string, port: number, say: (line: string) => void): Promise<number> {
  const last = port === 0 ? 0 : Math.min(port + FURTHER_PORTS, 65_535);
  for (let candidate = port; ; candidate++) {
    try {
      await listenOnce(server, host, candidate);
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if (!isTaken(error) || candidate >= last) throw error;
      say(`Port ${candidate} is taken; trying ${candidate + 1}.`);
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const succeed = () => {
      server.off("error", fail);
      resolve();
    };
    const fail = (error: Error) => {
      server.off("listening", succeed);
      reject(error);
    };
    server.once("listening", succeed);
    server.once("error", fail);
    server.listen(port, host);
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
