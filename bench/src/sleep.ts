export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One turn of the event loop: what has arrived is handled first. */
export function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
