import { BackendTimeoutError, BackendUnavailableError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "./circuit-breaker.ts";

const works = async () => "fine";
const timesOut = () => Promise.reject(new BackendTimeoutError("test: no answer", 1, "unknown"));
const refuses = () => Promise.reject(new TypeError("a mistake of the caller"));
const settle = async (breaker: CircuitBreaker, calls: number, call: () => Promise<unknown>) => {
  for (let count = 0; count < calls; count += 1) await breaker.run(call).catch(() => {});
};

describe("the circuit breaker", () => {
  it("stays closed below the ratio and below the number of calls", async () => {
    const breaker = new CircuitBreaker({ minimumCalls: 10, failureRatio: 0.5 });
    await settle(breaker, 9, timesOut);
    expect(breaker.isOpen).toBe(false);
    await settle(breaker, 30, works);
    await settle(breaker, 10, timesOut);
    expect(breaker.isOpen).toBe(false);
  });

  it("opens at the ratio, and then refuses at once", async () => {
    const breaker = new CircuitBreaker({ minimumCalls: 4, failureRatio: 0.5, openMs: 60_000 });
    await settle(breaker, 2, works);
    await settle(breaker, 2, timesOut);
    expect(breaker.isOpen).toBe(true);
    let called = false;
    const call = breaker.run(async () => {
      called = true;
    });
    await expect(call).rejects.toBeInstanceOf(BackendUnavailableError);
    expect(called).toBe(false);
  });

  it("counts only the store's failures", async () => {
    const breaker = new CircuitBreaker({ minimumCalls: 4 });
    await settle(breaker, 20, refuses);
    expect(breaker.isOpen).toBe(false);
  });

  it("forgets failures that are older than its window", async () => {
    const breaker = new CircuitBreaker({ minimumCalls: 4, windowMs: 50 });
    await settle(breaker, 3, timesOut);
    await new Promise((resolve) => setTimeout(resolve, 80));
    await settle(breaker, 1, timesOut);
    expect(breaker.isOpen).toBe(false);
  });

  it("lets one call probe, and closes or stays open by its result", async () => {
    const breaker = new CircuitBreaker({ minimumCalls: 2, openMs: 10 });
    await settle(breaker, 2, timesOut);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [probe, other] = await Promise.allSettled([breaker.run(timesOut), breaker.run(works)]);
    expect(probe).toHaveProperty("reason.code", "BACKEND_TIMEOUT");
    expect(other).toHaveProperty("reason.code", "BACKEND_UNAVAILABLE");
    expect(breaker.isOpen).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await breaker.run(works)).toBe("fine");
    expect(breaker.isOpen).toBe(false);
    expect(await breaker.run(works)).toBe("fine");
  });
});
