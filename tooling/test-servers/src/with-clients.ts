import { Redis } from "ioredis";

/** Opens one plain connection to each address for the length of `use`. */
export async function withClients<Result>(
  addresses: readonly { readonly host: string; readonly port: number }[],
  use: (clients: readonly Redis[]) => Promise<Result>,
): Promise<Result> {
  const clients = addresses.map(({ host, port }) => {
    const client = new Redis({ host, port, enableReadyCheck: false, retryStrategy: () => 100 });
    // Each call fails by itself; the event only repeats it.
    client.on("error", () => {});
    return client;
  });
  try {
    return await use(clients);
  } finally {
    for (const client of clients) client.disconnect();
  }
}
