import { connect } from "node:net";

/**
 * Asks a Redis server for a sign of life, without a client's reconnecting in between.
 *
 * @returns Whether it is ready: it answers, and is not still loading its data. A demand for a password counts as ready.
 */
export function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(500, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (reply) => finish(/^(\+PONG|-NOAUTH)/.test(reply.toString("latin1"))));
  });
}
