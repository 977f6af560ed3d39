export { type UpstashBackendOptions, type UpstashLike, upstashBackend } from "./upstash-backend.ts";
