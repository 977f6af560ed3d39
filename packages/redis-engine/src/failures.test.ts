import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ScriptMissingError, toHoldfastError } from "./failures.ts";
import { redact } from "./redact.ts";

/** Texts as servers and providers give them, and what a caller is to make of them. */
const TEXTS: readonly (readonly [text: string, code: string, advice: RegExp])[] = [
  ["WRONGTYPE Operation against a key holding the wrong kind of value", "WRONG_TYPE", /another kind of value/],
  ["ERR value is not an integer or out of range", "WRONG_TYPE", /another kind of value/],
  ["ERR hash value is not an integer", "WRONG_TYPE", /another kind of value/],
  ["NOAUTH Authentication required.", "CONFIGURATION", /credentials/],
  ["NOAUTH HELLO must be called with the client already authenticated", "CONFIGURATION", /credentials/],
  ["WRONGPASS invalid username-password pair or user is disabled.", "CONFIGURATION", /credentials/],
  ["WRONGPASS invalid or missing auth token", "CONFIGURATION", /credentials/],
  ["Unauthorized", "CONFIGURATION", /credentials/],
  ["NOPERM this user has no permissions to run the 'set' command or its subcommand", "CONFIGURATION", /read-only/],
  ["ERR max requests limit exceeded. Limit: 500000, Usage: 500001.", "QUOTA_EXCEEDED", /plan or limit/],
  ["ERR max daily request limit exceeded. Limit: 10000, Usage: 10001.", "QUOTA_EXCEEDED", /plan or limit/],
  ["ERR max request size exceeded. Limit: 10485760 bytes", "QUOTA_EXCEEDED", /send less/],
  ["OOM command not allowed when used memory > 'maxmemory'.", "QUOTA_EXCEEDED", /memory/],
  ["READONLY You can't write against a read only replica.", "BACKEND_UNAVAILABLE", /at present/],
  ["LOADING Redis is loading the dataset in memory", "BACKEND_UNAVAILABLE", /at present/],
  ["CLUSTERDOWN The cluster is down", "BACKEND_UNAVAILABLE", /at present/],
  ["MISCONF Redis is configured to save RDB snapshots", "BACKEND_UNAVAILABLE", /at present/],
  ["ERR syntax error", "BACKEND_REJECTED", /syntax error/],
];

describe("server error texts", () => {
  it.each(TEXTS)("%s", (message, code, advice) => {
    const error = toHoldfastError({ kind: "rejected", message }, "redis: SET");
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^redis: SET: /);
    expect(error.message).toMatch(advice);
  });

  it("says of a server that cannot serve that nothing was applied", () => {
    expect(toHoldfastError({ kind: "rejected", message: "LOADING" }, "redis: SET")).toHaveProperty(
      "outcome",
      "not-applied",
    );
  });

  it("tells a missing script from other refusals", () => {
    const message = "NOSCRIPT No matching script. Please use EVAL.";
    expect(toHoldfastError({ kind: "rejected", message }, "redis: kv.increment")).toBeInstanceOf(ScriptMissingError);
  });
});

describe("redaction", () => {
  const secret = "s3cr3t-value-that-must-not-leak";
  it.each([
    `ERR something failed, command was: ["set","key","${secret}"]`,
    `ERR unknown command 'FOO', with args beginning with: '${secret}' `,
    `Failed to parse URL from https://user:${secret}@host.example/pipeline`,
    `denied for Bearer ${secret}`,
    `ERR invalid value "${secret}"`,
  ])("%s", (message) => {
    const error = toHoldfastError({ kind: "rejected", message }, "upstash: SET");
    expect(inspect(error, { depth: 10 })).not.toContain(secret);
  });

  it("keeps what helps and bounds the length", () => {
    expect(redact("ERR syntax error")).toBe("ERR syntax error");
    expect(redact("x".repeat(11_534_443)).length).toBeLessThan(200);
  });
});
