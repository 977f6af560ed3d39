/** Bounds of one call. Every port method takes them last. */
export interface CallOptions {
  /** Milliseconds until the call fails with a `BackendTimeoutError`; the backend's own limit if absent. */
  readonly timeoutMs?: number | undefined;
  /** Rejects the call with the signal's reason. A write that was already sent may still be applied. */
  readonly signal?: AbortSignal | undefined;
}
