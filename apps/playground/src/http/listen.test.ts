import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";

const servers: Server[] = [];
const newServer = (): Server => {
  const server = createServer();
  servers.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe("listen", () => {
  it("takes any free port for 0", async () => {
    const server = newServer();
    const port = await listen(server, "127.0.0.1", 0, () => {});
    expect(port).toBe((server.address() as AddressInfo).port);
    expect(port).toBeGreaterThan(0);
  });

  it("moves on from a taken port, and says so", async () => {
    const taken = await listen(newServer(), "127.0.0.1", 0, () => {});
    const said: string[] = [];
    const port = await listen(newServer(), "127.0.0.1", taken, (line) => said.push(line));
    expect(port).toBeGreaterThan(taken);
    expect(said[0]).toBe(`Port ${taken} is taken; trying ${taken + 1}.`);
    expect(said).toHaveLength(port - taken);
  });

  it("fails at once where another port would not help", async () => {
    const said: string[] = [];
    await expect(listen(newServer(), "192.0.2.1", 0, (line) => said.push(line))).rejects.toThrow(/EADDRNOTAVAIL/);
    expect(said).toEqual([]);
  });
});
