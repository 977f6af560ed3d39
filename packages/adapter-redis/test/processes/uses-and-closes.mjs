// Uses everything that could keep a process alive, and is gone after close(): calls, a script, a subscription.
import { redisBackend } from "@holdfast/adapter-redis";

const backend = redisBackend(process.argv[2]);
await backend.kv.set("key", "value", { ttlMs: 60_000 });
await backend.kv.increment("count", 1, 60_000);
await backend.bus.subscribe("channel", { onMessage() {} });
process.send("ready");
await new Promise((resolve) => process.once("message", resolve));
process.disconnect();
await backend.close();
