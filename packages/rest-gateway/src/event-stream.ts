import type { ServerResponse } from "node:http";
import type { Redis } from "ioredis";
import type { RedisCommand } from "./command.ts";
import { serverError } from "./connection.ts";
import type { Caller } from "./execute.ts";
import { noPermission } from "./read-only.ts";
import type { RedisServer } from "./redis-server.ts";
import { RequestError } from "./request-error.ts";

const streams: ReadonlySet<string> = new Set(["subscribe", "psubscribe", "monitor"]);

/** A reader that falls this many bytes behind is cut off, rather than filling the gateway's memory. */
const maxBacklogBytes = 16 * 1024 * 1024;

/** Whether a path's first segment names an event stream. */
export function isEventStream(name: string): boolean {
  return streams.has(name.toLowerCase());
}

/**
 * Turns the response into a stream of server-sent events: `subscribe,<channel>,<count>`, `message,<channel>,<text>`,
 * `pmessage,<pattern>,<channel>,<text>`, or the lines of MONITOR. It ends when the reader leaves, when the server
 * goes away, or when the gateway closes; nothing is subscribed anew, since what was missed in between is lost.
 *
 * @throws {RequestError} 400 if the command is wrong or not allowed, 503 if the server is away.
 */
export async function streamEvents(
  server: RedisServer,
  command: RedisCommand,
  { access, signal }: Caller,
  response: ServerResponse,
): Promise<void> {
  const name = command.name.toLowerCase();
  if (access !== "full") throw new RequestError(400, noPermission(name));
  if (name !== "monitor" && command.args.length === 0) {
    throw new RequestError(400, `ERR wrong number of arguments for '${name}' command`);
  }
  const connection = await server.openOwn(signal(), { monitor: name === "monitor" });
  if (name === "monitor") monitor(connection, openEvents(connection, response));
  else await subscribe(connection, name, command.args.map(String), () => openEvents(connection, response));
}

type Emit = (event: string) => void;

function openEvents(connection: Redis, response: ServerResponse): Emit {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" });
  response.flushHeaders();
  if (connection.status === "end") response.end();
  else connection.once("end", () => response.end());
  return (event) => {
    if (response.destroyed || response.writableEnded) return;
    // A line break would end the event: the format repeats the field for each line.
    response.write(
      `${event
        .split(/\r\n|\r|\n/)
        .map((line) => `data: ${line}`)
        .join("\n")}\n\n`,
    );
    if (response.writableLength > maxBacklogBytes) response.destroy();
  };
}

async function subscribe(connection: Redis, name: string, channels: string[], open: () => Emit): Promise<void> {
  const early: string[] = [];
  let emit: Emit = (event) => early.push(event);
  connection.on("message", (channel: string, text: string) => emit(`message,${channel},${text}`));
  connection.on("pmessage", (pattern: string, channel: string, text: string) => {
    emit(`pmessage,${pattern},${channel},${text}`);
  });
  try {
    await (name === "subscribe" ? connection.subscribe(...channels) : connection.psubscribe(...channels));
  } catch (error) {
    connection.disconnect();
    throw new RequestError(400, serverError(error).message, { cause: error });
  }
  // The first messages can come in one packet with the confirmation; readers expect the confirmation first.
  emit = open();
  const seen = new Set<string>();
  for (const channel of channels) emit(`${name},${channel},${seen.add(channel).size}`);
  for (const event of early) emit(event);
}

function monitor(connection: Redis, emit: Emit): void {
  connection.once("monitoring", () => emit('"OK"'));
  connection.on("monitor", (time: string, args: string[], source: string, database: string) => {
    const words = args.map((arg) => `"${arg.replaceAll('"', '\\"')}"`);
    emit(`${time} [${database} ${source}] ${words.join(" ")}`);
  });
}
