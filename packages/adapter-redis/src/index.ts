export type { IoredisCluster, IoredisLike, IoredisNode } from "./ioredis-like.ts";
export type { RedisBackendOptions, RedisNode } from "./options.ts";
export { redisBackend } from "./redis-backend.ts";
