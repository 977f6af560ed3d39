import { BackendTimeoutError, type BusSubscription, type CallOptions } from "@holdfast/core";
import { startTimer } from "./start-timer.ts";

/**
 * Ends the wait for a subscription when its call's own bounds are reached. One that comes after all is left at once,
 * as nobody has it to end it.
 *
 * @throws {BackendTimeoutError} It took longer than `timeoutMs`; or the reason of `signal`.
 */
export async function boundSubscription(
  subscribe: () => Promise<BusSubscription>,
  { timeoutMs, signal }: CallOptions = {},
): Promise<BusSubscription> {
  signal?.throwIfAborted();
  if (!signal && timeoutMs === undefined) return subscribe();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  const bounds = new Promise<never>((_, reject) => {
    if (timeoutMs !== undefined) timer = startTimer(() => reject(tooLate(timeoutMs)), timeoutMs);
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  const subscribing = subscribe();
  try {
    return await Promise.race([subscribing, bounds]);
  } catch (error) {
    subscribing.then(
      (subscription) => subscription.unsubscribe(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener("abort", onAbort);
  }
}

function tooLate(timeoutMs: number): BackendTimeoutError {
  return new BackendTimeoutError(
    `bus.subscribe: no answer within ${timeoutMs} ms. Check the server's load and the network, or raise the timeout.`,
    timeoutMs,
    "not-applied",
  );
}
