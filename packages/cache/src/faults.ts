import { HoldfastError } from "@holdfast/core";

/** Codes of errors that are the store's, not the caller's. */
const FAULTS = new Set([
  "BACKEND_UNAVAILABLE",
  "BACKEND_TIMEOUT",
  "BACKEND_REJECTED",
  "QUOTA_EXCEEDED",
  "CONFIGURATION",
]);

/** Whether a cache goes on without the store after this error. */
export function isFault(error: unknown): error is HoldfastError {
  return error instanceof HoldfastError && FAULTS.has(error.code);
}
