import type { Prepared, Preparing } from "./operations.ts";

/** Prepares an operation and sends it; bad arguments reject like everything else. */
export function sendPrepared<Result>(prepare: () => Preparing<Result>): Promise<Result> {
  try {
    const prepared = prepare();
    return typeof prepared === "function" ? prepared() : prepared.then((send) => send());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Sends; a store that throws instead of rejecting rejects. */
export function attempt<Result>(send: Prepared<Result>): Promise<Result> {
  return sendPrepared(() => send);
}
