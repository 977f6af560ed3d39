import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 30_000;

/** Asks again and again until the answer is yes; what fails while servers settle counts as no. */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let lastFailure: unknown;
  for (;;) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      lastFailure = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${PATIENCE_MS} ms until ${what}.`, { cause: lastFailure });
    await sleep(20);
  }
}
