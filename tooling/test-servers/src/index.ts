export { type CommandCount, countCommands } from "./count-commands.ts";
export type { Announce, Provision } from "./provision.ts";
export { findChromium, provisionChromium } from "./provision-chromium.ts";
export { provisionRedis } from "./provision-redis.ts";
export type { RedisConfiguration } from "./redis-configuration.ts";
export type { RedisProcess, ServerControl } from "./redis-process.ts";
export { type ClusterHandle, type ClusterNode, type StartClusterOptions, startCluster } from "./start-cluster.ts";
export { type RedisHandle, type StartRedisOptions, startRedis } from "./start-redis.ts";
export { type SentinelHandle, startSentinel } from "./start-sentinel.ts";
