// Uses everything that could keep a process alive, and is gone after close(): calls, a script, a subscription.
import { redisBackend } from "@holdfast/adapter-redis";
import { Redis } from "ioredis";

const [, , url, source] = process.argv;
const client = source === "client" ? new Redis(url) : undefined;
const backend = redisBackend(client ? { client } : url);
await backend.kv.set("key", "value", { ttlMs: 60_000 });
await backend.kv.increment("count", 1, 60_000);
await backend.bus.subscribe("channel", { onMessage() {} });
process.send("ready");
await new Promise((resolve) => process.once("message", resolve));
await backend.close();
client?.disconnect();
process.send("closed", () => process.disconnect());
