import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line between a client and a server that a test can cut at the worst moment. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /**
   * Cuts the connection when the server's next answer to a request that contains `text` arrives: the request was
   * carried out, and the client never hears of it.
   *
   * @returns Resolves once it was cut.
   */
  loseReplyTo(text: string): Promise<void>;
  /** How many requests that contain `text` have passed. */
  count(text: string): number;
  stop(): Promise<void>;
}

/** Forwards connections on a free port of 127.0.0.1 to another port. */
export async function startTcpProxy(target: { readonly port: number; readonly host?: string }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let trap: { readonly text: string; readonly onCut: () => void } | undefined;
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host ?? "127.0.0.1");
    let cutting = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on("error", () => {});
    }
    client.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      requests.push(text);
      cutting ||= trap !== undefined && text.includes(trap.text);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (!cutting) {
        client.write(chunk);
        return;
      }
      client.destroy();
      trap?.onCut();
      trap = undefined;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return {
    port: (server.address() as AddressInfo).port,
    loseReplyTo: (text) =>
      new Promise((onCut) => {
        trap = { text, onCut };
      }),
    count: (text) => requests.filter((request) => request.includes(text)).length,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
