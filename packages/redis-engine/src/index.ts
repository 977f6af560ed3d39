export { connectionFailure, type ErrorFacts, rootOf } from "./connection-failures.ts";
export { defineScript, type Script } from "./define-script.ts";
export { redact } from "./redact.ts";
export { createRedisBackend, type RedisBackendOptions } from "./redis-backend.ts";
export type {
  CommandInFlight,
  RedisCommand,
  RedisReply,
  RedisTransport,
  TransportFailure,
} from "./redis-transport.ts";
