import type { Prepared, Preparing } from "./operations.ts";

/** Prepares an operation and sends it; bad arguments reject like everything else. */
export function sendPrepared<Result>(prepare: () => Preparing<Result>): Promise<Result> {
  let prepared: Preparing<Result>;
  try {
    prepared = prepare();
  } catch (error) {
    return Promise.reject(error);
  }
  return typeof prepared === "function" ? prepared() : prepared.then((send: Prepared<Result>) => send());
}
