import { describe, expect, it } from "vitest";
import { type BackendWith, requireCapability } from "./backend.ts";
import { UnsupportedCapabilityError } from "./errors.ts";

/** As callers without types pass it. */
const untyped = (backend: unknown): BackendWith<never> => backend as BackendWith<never>;

describe("requireCapability", () => {
  it("accepts a backend that has the store, of its own or inherited", () => {
    expect(() => requireCapability(untyped({ name: "x", kv: {} }), "kv", "createKv")).not.toThrow();
    expect(() => requireCapability(untyped(Object.create({ name: "x", kv: {} })), "kv", "createKv")).not.toThrow();
  });

  it.each<[string, unknown]>([
    ["without it", { name: "vercel-kv", kv: {} }],
    ["with an empty place for it", { name: "vercel-kv", bus: undefined }],
    ["with null for it", { name: "vercel-kv", bus: null }],
  ])("refuses a backend %s, naming feature, store, backend and who has it", (_, backend) => {
    const use = (): void => requireCapability(untyped(backend), "bus", "createCache");
    expect(use).toThrow(UnsupportedCapabilityError);
    expect(use).toThrow(/createCache.*"bus".*"vercel-kv".*@holdfast\/adapter-redis/);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["string", "redis://localhost"],
    ["function", () => 1],
  ])("refuses %s for a backend", (shown, backend) => {
    const use = (): void => requireCapability(untyped(backend), "kv", "createKv");
    expect(use).toThrow(UnsupportedCapabilityError);
    expect(use).toThrow(new RegExp(`createKv needs a backend.*got ${shown}`));
  });
});
