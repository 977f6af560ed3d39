export { type MemoryBackendOptions, memoryBackend } from "./memory-backend.ts";
export { MemoryStorage, type MemoryStorageOptions } from "./memory-storage.ts";
