import type { BusSubscription } from "@holdfast/core";
import { expect, test } from "vitest";
import { boundSubscription } from "./bound-subscription.ts";

/** A subscription that comes when it is let. */
function late(): { subscribe: () => Promise<BusSubscription>; comes: () => void; left: () => number } {
  let left = 0;
  const { promise, resolve } = Promise.withResolvers<BusSubscription>();
  const unsubscribe = async () => {
    left += 1;
  };
  return { subscribe: () => promise, comes: () => resolve({ unsubscribe }), left: () => left };
}

test("a subscription that is too late fails with BACKEND_TIMEOUT, and is left when it comes", async () => {
  const { subscribe, comes, left } = late();
  const bounded = boundSubscription(subscribe, { timeoutMs: 5 });
  await expect(bounded).rejects.toMatchObject({ code: "BACKEND_TIMEOUT", timeoutMs: 5, outcome: "not-applied" });
  expect(left()).toBe(0);
  comes();
  await expect.poll(left).toBe(1);
});

test("one that is aborted on the way rejects with the reason, and is left when it comes", async () => {
  const { subscribe, comes, left } = late();
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const bounded = boundSubscription(subscribe, { signal: controller.signal });
  controller.abort(reason);
  await expect(bounded).rejects.toBe(reason);
  comes();
  await expect.poll(left).toBe(1);
});

test("one that is aborted before is not made", async () => {
  let made = 0;
  const subscribe = async () => {
    made += 1;
    return { unsubscribe: async () => {} };
  };
  const reason = new Error("no longer wanted");
  await expect(boundSubscription(subscribe, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(made).toBe(0);
});

test("one that comes in time is kept, whatever happens to its bounds later, and leaves no timer", async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const { subscribe, comes, left } = late();
  const controller = new AbortController();
  const bounded = boundSubscription(subscribe, { signal: controller.signal, timeoutMs: 60_000 });
  comes();
  await bounded;
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBe(before);
  controller.abort();
  expect(left()).toBe(0);
});
