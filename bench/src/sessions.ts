import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { countCommands, startRedis } from "@holdfast/test-servers";
import autocannon from "autocannon";
import { compare } from "./measure.ts";
import { SESSION_SERVERS } from "./peers/session-servers.ts";
import { countRow, type Row, type Section, throughputRows } from "./report.ts";

const SERVER = fileURLToPath(new URL("./peers/session-process.ts", import.meta.url));
const CONNECTIONS = 32;
const ROUNDS = 15;
/** autocannon counts whole seconds. */
const ROUND_SECONDS = 1;
/** Processes of each kind, used in turn: two of the same program differ by some percent as long as they live. */
const PROCESSES = 3;

/** What is measured, and the part of the bare server's throughput that is asked for. */
const KINDS = [
  { path: "/read", what: "an unchanged read", withCookies: true, least: 0.38, commands: 1 },
  { path: "/write", what: "a changed write", withCookies: true, least: 0.28, commands: 2 },
  { path: "/visit", what: "a visitor", withCookies: false, least: 0.95, commands: 0 },
];

const OURS = Object.keys(SESSION_SERVERS).filter((name) => name.startsWith("holdfast"));

interface Server {
  readonly url: string;
  /** One session for each connection. */
  readonly cookies: readonly string[];
}

export const sessionsSection: Section = {
  name: "sessions",
  async run() {
    await using redis = await startRedis();
    const processes: ChildProcess[] = [];
    try {
      const start = async (name: string): Promise<Server> => {
        const process = fork(SERVER, [name, redis.url]);
        processes.push(process);
        const [port] = (await once(process, "message")) as [number];
        const url = `http://127.0.0.1:${port}`;
        return { url, cookies: await startSessions(url) };
      };
      const servers = new Map<string, readonly Server[]>();
      for (const name of Object.keys(SESSION_SERVERS)) {
        servers.set(name, await Promise.all(Array.from({ length: PROCESSES }, () => start(name))));
      }
      const rows: Row[] = [];
      for (const { path, what, withCookies, least, commands } of KINDS) {
        const contestants = [...servers].map(([name, alike]) => ({
          name,
          sample: async (round: number) => {
            const { url, cookies } = alike[round % PROCESSES]!;
            return 1e9 / (await load(url + path, withCookies ? cookies : []));
          },
        }));
        const targets = Object.fromEntries(OURS.map((name) => [name, least]));
        const title = `${what}, ${CONNECTIONS} connections`;
        rows.push(...throughputRows(title, await compare(contestants, ROUNDS), targets));
        const { url, cookies } = servers.get(OURS[0]!)![0]!;
        rows.push(
          countRow(
            `commands sent for ${what}`,
            await commandsOf(redis.url, url + path, withCookies ? cookies : []),
            commands,
          ),
        );
      }
      return rows;
    } finally {
      for (const process of processes) process.disconnect();
    }
  },
};

/** @returns The cookies that begin so many sessions. */
function startSessions(url: string): Promise<string[]> {
  return Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const response = await fetch(`${url}/start`);
      return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    }),
  );
}

/** @returns Requests per second. */
async function load(url: string, cookies: readonly string[]): Promise<number> {
  let next = 0;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: ROUND_SECONDS,
    setupClient(client) {
      const cookie = cookies[next++ % CONNECTIONS];
      if (cookie) client.setHeaders({ cookie });
    },
  });
  if (result.non2xx + result.errors + result.timeouts > 0) throw new Error("The server answered with errors.");
  return result.requests.total / result.duration;
}

/** Commands for each request. What scripts call is counted by the server, but neither sent nor billed. */
async function commandsOf(redisUrl: string, url: string, cookies: readonly string[]): Promise<number> {
  const requests = 100;
  const counted = await countCommands(redisUrl, async () => {
    for (let sent = 0; sent < requests; sent += 1) {
      const cookie = cookies[sent % CONNECTIONS];
      await (await fetch(url, cookie ? { headers: { cookie } } : {})).text();
    }
  });
  return (counted.byName["evalsha"] ?? counted.total) / requests;
}
