import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What every response here ends with. */
const END = "\r\n\r\nok";

/**
 * Keep-alive connections that each have one request under way. Requests are written as they are, and responses only
 * looked at for their end: a client that does more would be what is measured.
 */
export class Connections {
  readonly #sockets: readonly Socket[];
  readonly #cookies: string[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    this.#cookies = sockets.map(() => "");
  }

  static async open(port: number, count: number): Promise<Connections> {
    const sockets = Array.from({ length: count }, () => connect({ port, host: "127.0.0.1", noDelay: true }));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    for (const socket of sockets) socket.setEncoding("latin1");
    return new Connections(sockets);
  }

  /** One request on each, all at once; cookies that come are kept, for each connection. */
  async start(path: string): Promise<void> {
    await Promise.all(
      this.#sockets.map(async (socket, index) => {
        const response = await exchange(socket, request(path, ""));
        this.#cookies[index] = /^set-cookie: ([^;\r]+)/im.exec(response)?.[1] ?? "";
      }),
    );
  }

  /** So many requests on each connection, one after the other. */
  async run(path: string, { each, withCookies }: { each: number; withCookies: boolean }): Promise<void> {
    await Promise.all(
      this.#sockets.map(async (socket, index) => {
        const text = request(path, withCookies ? this.#cookies[index]! : "");
        for (let sent = 0; sent < each; sent += 1) await exchange(socket, text);
      }),
    );
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function request(path: string, cookie: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${cookie ? `cookie: ${cookie}\r\n` : ""}\r\n`;
}

/** @returns The response. */
function exchange(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const onData = (chunk: string) => {
      received += chunk;
      if (!received.endsWith(END)) return;
      socket.off("data", onData);
      if (received.startsWith("HTTP/1.1 200 ")) resolve(received);
      else reject(new Error(`The server answered ${received.slice(0, 40)}.`));
    };
    socket.on("data", onData);
    socket.write(text);
  });
}
