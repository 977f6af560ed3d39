import { describe, expect, it } from "vitest";
import * as errors from "./errors.ts";

const cause = new Error("below");

const ALL: readonly [error: errors.HoldfastError, code: errors.ErrorCode, name: string, fields: object][] = [
  [new errors.ConfigurationError("m", { cause }), "CONFIGURATION", "ConfigurationError", { cause }],
  [
    new errors.UnsupportedCapabilityError("m", { cause }),
    "UNSUPPORTED_CAPABILITY",
    "UnsupportedCapabilityError",
    { cause },
  ],
  [new errors.SerializationError("m", "$.a", { cause }), "SERIALIZATION", "SerializationError", { cause, path: "$.a" }],
  [new errors.ValidationError("m", ["i"], { cause }), "VALIDATION", "ValidationError", { cause, issues: ["i"] }],
  [new errors.ValueTooLargeError("m", 2, 1), "VALUE_TOO_LARGE", "ValueTooLargeError", { sizeBytes: 2, limitBytes: 1 }],
  [new errors.InvalidKeyError("m"), "INVALID_KEY", "InvalidKeyError", {}],
  [new errors.WrongTypeError("m", { cause }), "WRONG_TYPE", "WrongTypeError", { cause }],
  [
    new errors.BackendUnavailableError("m", "unknown", { cause }),
    "BACKEND_UNAVAILABLE",
    "BackendUnavailableError",
    { cause, outcome: "unknown" },
  ],
  [
    new errors.BackendTimeoutError("m", 5, "not-applied", { cause }),
    "BACKEND_TIMEOUT",
    "BackendTimeoutError",
    { cause, timeoutMs: 5, outcome: "not-applied" },
  ],
  [new errors.BackendRejectedError("m", { cause }), "BACKEND_REJECTED", "BackendRejectedError", { cause }],
  [new errors.QuotaExceededError("m", { cause }), "QUOTA_EXCEEDED", "QuotaExceededError", { cause }],
  [new errors.FactoryFailedError("m", { cause }), "FACTORY_FAILED", "FactoryFailedError", { cause }],
  [new errors.FactoryTimeoutError("m", 5), "FACTORY_TIMEOUT", "FactoryTimeoutError", { timeoutMs: 5 }],
  [new errors.SessionConflictError("m", ["f"]), "SESSION_CONFLICT", "SessionConflictError", { fields: ["f"] }],
  [new errors.BatchError("m", [], { cause }), "BATCH", "BatchError", { cause, results: [] }],
];

describe("errors", () => {
  it.each(ALL)("%s has its code, its name and its fields", (error, code, name, fields) => {
    expect(error).toBeInstanceOf(errors.HoldfastError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name, message: "m", ...fields });
    expect(error.constructor.name).toBe(name);
    expect(error.stack).toContain("errors.test");
    expect(String(error)).toBe(`${name}: m`);
  });

  it("are all listed above, each with a code of its own", () => {
    const classes = Object.keys(errors).filter((name) => name !== "HoldfastError");
    expect(ALL.map(([, , name]) => name).toSorted()).toEqual(classes.toSorted());
    expect(new Set(ALL.map(([, code]) => code)).size).toBe(ALL.length);
  });

  it("has no cause unless given one", () => {
    expect("cause" in new errors.ConfigurationError("m")).toBe(false);
    expect(new errors.ValidationError("m").issues).toEqual([]);
  });

  it("keeps its name when a minifier renames the class", () => {
    class t extends errors.ConfigurationError {}
    expect(new t("m").name).toBe("ConfigurationError");
  });
});
