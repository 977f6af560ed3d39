import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SESSION_SERVERS } from "./session-servers.ts";

/** One of the servers; its arguments are the server's name and Redis's URL. It tells its port, and ends with its parent. */
const [name = "", url = ""] = process.argv.slice(2);
const server = createServer(await SESSION_SERVERS[name]!(url));
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
