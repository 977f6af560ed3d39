// Uses what could keep a process alive, and is gone after close(): requests, a script, a limit that is far away.
import { upstashBackend } from "@holdfast/adapter-upstash";

const [, , url, token] = process.argv;
const backend = upstashBackend({ url, token, commandTimeout: "10m" });
await Promise.all([backend.kv.set("key", "value", { ttlMs: 60_000 }), backend.kv.increment("count", 1, 60_000)]);
await backend.kv.get("key", { timeoutMs: 600_000 });
await backend.close();
process.send("closed", () => process.disconnect());
