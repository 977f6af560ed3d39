export { type VercelKvBackendOptions, type VercelKvLike, vercelKvBackend } from "./vercel-kv-backend.ts";
