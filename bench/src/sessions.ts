import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { countCommands, startRedis } from "@holdfast/test-servers";
import { Connections } from "./connections.ts";
import { measure } from "./measure.ts";
import { SESSION_SERVERS } from "./peers/session-servers.ts";
import { countRow, type Row, type Section, throughputRows } from "./report.ts";

const SERVER = fileURLToPath(new URL("./peers/session-servers.ts", import.meta.url));
const CONNECTIONS = 32;
const EACH = 20;

/** What is measured, and the part of the bare server's throughput that is asked for. */
const KINDS = [
  { path: "/read", what: "an unchanged read", withCookies: true, least: 0.38, commands: 1 },
  { path: "/write", what: "a changed write", withCookies: true, least: 0.28, commands: 2 },
  { path: "/visit", what: "a visitor", withCookies: false, least: 0.95, commands: 0 },
];

export const sessionsSection: Section = {
  name: "sessions",
  async run() {
    await using redis = await startRedis();
    const processes: ChildProcess[] = [];
    const servers: { readonly name: string; readonly connections: Connections }[] = [];
    try {
      for (const name of Object.keys(SESSION_SERVERS)) {
        const process = fork(SERVER, [name, redis.url]);
        processes.push(process);
        const [port] = (await once(process, "message")) as [number];
        const connections = await Connections.open(port, CONNECTIONS);
        await connections.start("/start");
        servers.push({ name, connections });
      }
      const rows: Row[] = [];
      for (const { path, what, withCookies, least, commands } of KINDS) {
        const contestants = servers.map(({ name, connections }) => ({
          name,
          work: () => connections.run(path, { each: EACH, withCookies }),
          operations: CONNECTIONS * EACH,
        }));
        const title = `${what}, ${CONNECTIONS} connections`;
        rows.push(...throughputRows(title, await measure(contestants), { holdfast: least }));
        const ours = servers.find(({ name }) => name === "holdfast")!;
        const counted = await countCommands(redis.url, () => ours.connections.run(path, { each: EACH, withCookies }));
        // What scripts call is counted by the server, but neither sent nor billed.
        const sent = (counted.byName["evalsha"] ?? counted.total) / (CONNECTIONS * EACH);
        rows.push(countRow(`commands sent for ${what}`, sent, commands));
      }
      return rows;
    } finally {
      for (const { connections } of servers) connections.close();
      for (const process of processes) process.disconnect();
    }
  },
};
