import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "vite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError } from "../errors.ts";
import { type EnvSource, readEnv } from "./read-env.ts";

const REST = {
  url: { names: ["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"], kind: "url", protocols: ["https:"] },
  token: { names: ["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"] },
} as const;
const VARIABLES = [...REST.url.names, ...REST.token.names];

const UPSTASH = { UPSTASH_REDIS_REST_URL: "https://a.upstash.io", UPSTASH_REDIS_REST_TOKEN: "AX1" };
const KV = { KV_REST_API_URL: "https://b.upstash.io", KV_REST_API_TOKEN: "BX2" };
const FROM_UPSTASH = { url: "https://a.upstash.io", token: "AX1" };
const FROM_KV = { url: "https://b.upstash.io", token: "BX2" };

let saved: NodeJS.ProcessEnv;
beforeEach(() => {
  saved = { ...process.env };
  for (const name of VARIABLES) delete process.env[name];
});
afterEach(() => {
  process.env = saved;
});

describe("readEnv", () => {
  it("reads process.env", () => {
    Object.assign(process.env, KV);
    expect(readEnv(REST)).toEqual(FROM_KV);
  });

  it.each<[string, EnvSource, object]>([
    ["the first set where both are there", { ...UPSTASH, ...KV }, FROM_UPSTASH],
    ["the second where the first is missing", KV, FROM_KV],
    [
      "the second where the first is empty",
      { ...KV, UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "" },
      FROM_KV,
    ],
    [
      "the second where the first is not text",
      { ...KV, UPSTASH_REDIS_REST_URL: undefined, UPSTASH_REDIS_REST_TOKEN: {} },
      FROM_KV,
    ],
    [
      "URLs as they are written",
      { ...UPSTASH, UPSTASH_REDIS_REST_URL: "https://A.upstash.io:443" },
      { url: "https://A.upstash.io:443", token: "AX1" },
    ],
  ])("reads %s", (_, source, expected) => {
    expect(readEnv(REST, { source })).toEqual(expected);
  });

  it("looks into the given source first, and into process.env if that has none", () => {
    Object.assign(process.env, KV);
    expect(readEnv(REST, { source: UPSTASH })).toEqual(FROM_UPSTASH);
    expect(readEnv(REST, { source: { MODE: "production", DEV: false } })).toEqual(FROM_KV);
  });

  it.each<[string, EnvSource, EnvSource, string]>([
    ["from the second", { UPSTASH_REDIS_REST_URL: "https://a.upstash.io", ...KV }, {}, "UPSTASH_REDIS_REST_TOKEN"],
    ["from the second, either half", { UPSTASH_REDIS_REST_TOKEN: "AX1", ...KV }, {}, "UPSTASH_REDIS_REST_URL"],
    ["from another source", { UPSTASH_REDIS_REST_URL: "https://a.upstash.io" }, UPSTASH, "UPSTASH_REDIS_REST_TOKEN"],
  ])("never completes half a set %s", (_, source, elsewhere, missing) => {
    Object.assign(process.env, elsewhere);
    const { message } = failureOf(() => readEnv(REST, { source }));
    expect(message).toContain(`${missing} is missing`);
  });

  it("names every variable and every cure where nothing is set", () => {
    const { message } = failureOf(() => readEnv(REST, { hint: "Or pass url and token." }));
    for (const name of VARIABLES) expect(message).toContain(name);
    expect(message).toMatch(
      /\.env\.local.*project settings.*tasks\.<task>\.env.*turbo\.json.*Or pass url and token\.$/,
    );
  });

  it.each<[string, string]>([
    [" https://user:hunter2@a.upstash.io", "white space"],
    ["https://user:hunter2@a.upstash.io\n", "line break"],
    ['"https://user:hunter2@a.upstash.io"', "quotation marks"],
    ["'https://user:hunter2@a.upstash.io'", "quotation marks"],
    ["https://user:hunter2@a.upstash.io /x", "white space or a control character inside"],
    ["user:hunter2@a.upstash.io", "another kind; it must begin with https://"],
    ["redis://user:hunter2@a.upstash.io:6379", "another kind; it must begin with https://"],
    ["http://user:hunter2@a.upstash.io", "another kind; it must begin with https://"],
    ["a.upstash.io/hunter2", "not a URL; it must begin with https://"],
    ["https://user:hunter2@", "not a URL; it must begin with https://"],
  ])("refuses the malformed URL %j and a malformed token in one error, without repeating either", (url, problem) => {
    const source = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: '"hunter2"' };
    const { message, cause } = failureOf(() => readEnv(REST, { source }));
    expect(message).toContain(`UPSTASH_REDIS_REST_URL`);
    expect(message).toContain(problem);
    expect(message).toContain("UPSTASH_REDIS_REST_TOKEN has quotation marks");
    expect(message).not.toContain("hunter2");
    expect(cause).toBeUndefined();
  });

  it("accepts any scheme unless told which", () => {
    const spec = { url: { names: ["REDIS_URL"], kind: "url" } } as const;
    expect(readEnv(spec, { source: { REDIS_URL: "rediss://user:p@host:6379/0" } }).url).toContain("rediss://");
    expect(failureOf(() => readEnv(spec, { source: { REDIS_URL: "localhost" } })).message).toContain("not a URL");
    expect(failureOf(() => readEnv(spec, { source: { REDIS_URL: "localhost:6379" } })).message).toContain(
      "without a host",
    );
  });

  it("refuses a specification whose sets are uneven", () => {
    expect(() => readEnv({ url: { names: ["A", "B"] }, token: { names: ["C"] } })).toThrow(RangeError);
    expect(() => readEnv({})).toThrow(RangeError);
  });
});

describe("readEnv in a browser bundle, where there is no process", () => {
  it("reads what it is given, and otherwise throws the same advice", async () => {
    const entry = fileURLToPath(new URL("./read-env.ts", import.meta.url));
    const bundle = await build({
      configFile: false,
      logLevel: "silent",
      build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "bundle" } },
    });
    const [output] = Array.isArray(bundle) ? bundle : [];
    const code = output?.output[0].code ?? "";
    const browser = createContext({ URL, spec: REST, source: KV });
    runInContext(code, browser);
    expect(runInContext("typeof process", browser)).toBe("undefined");
    expect(runInContext("bundle.readEnv(spec, { source })", browser)).toEqual(FROM_KV);
    const thrown = runInContext(
      "try { bundle.readEnv(spec) } catch (error) { [error.code, error.message] }",
      browser,
    ) as string[];
    expect(thrown[0]).toBe("CONFIGURATION");
    expect(thrown[1]).toContain("KV_REST_API_TOKEN");
  });

  it.each(["{}", "{ env: undefined }", "undefined"])("throws the same advice where process is %s", (polyfill) => {
    const original = globalThis.process;
    try {
      globalThis.process = runInContext(`(${polyfill})`, createContext({})) as typeof process;
      expect(() => readEnv(REST)).toThrow(/KV_REST_API_TOKEN/);
    } finally {
      globalThis.process = original;
    }
  });
});

function failureOf(run: () => unknown): ConfigurationError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
