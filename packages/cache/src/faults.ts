import { BackendTimeoutError, BackendUnavailableError, HoldfastError } from "@holdfast/core";

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

/** Whether the store did not answer, and may again soon. */
export function isOutage(error: unknown): error is BackendUnavailableError | BackendTimeoutError {
  return error instanceof BackendUnavailableError || error instanceof BackendTimeoutError;
}
