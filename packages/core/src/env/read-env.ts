import { ConfigurationError } from "../errors.ts";
import { checkVariable } from "./check-variable.ts";

/** Where variables are read from: `import.meta.env`, a Cloudflare Worker's `env`, or any record. */
export type EnvSource = Readonly<Record<string, unknown>>;

/** One setting, and the variables that may supply it. */
export interface EnvVariable {
  /**
   * Variable names, preferred first. The names at one index of all settings form a set. One set supplies every
   * setting: the first of which any variable is present. Every setting names equally many.
   */
  readonly names: readonly string[];
  /** `"url"` checks the form and the scheme; `"text"` that nothing was pasted around the value. @default "text" */
  readonly kind?: "url" | "text" | undefined;
  /** Schemes that a `"url"` may have, each with its colon, as in `["https:"]`. @default any scheme */
  readonly protocols?: readonly string[] | undefined;
}

/** Options of {@link readEnv}. */
export interface ReadEnvOptions {
  /** Looked at first; `process.env`, where there is one, is looked at if this has none of the variables. */
  readonly source?: EnvSource | undefined;
  /** Ends the error's message with another way out, as in "Or pass url and token to upstashBackend()." */
  readonly hint?: string | undefined;
}

/**
 * Reads settings from environment variables, in Node, Deno, Bun, browsers and edge runtimes. An empty variable
 * counts as missing. A set of variables is never completed from another set, nor from another source: half of one
 * database's credentials and half of another's would be worse than none.
 *
 * @example
 * ```ts
 * const { url, token } = readEnv({
 *   url: { names: ["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"], kind: "url" },
 *   token: { names: ["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"] },
 * });
 * ```
 *
 * @returns The text of every setting.
 * @throws {ConfigurationError} Variables are missing or malformed; it names them all and how to supply them, and
 * repeats no value.
 */
export function readEnv<Setting extends string>(
  spec: Readonly<Record<Setting, EnvVariable>>,
  options: ReadEnvOptions = {},
): Record<Setting, string> {
  const settings = Object.entries<EnvVariable>(spec);
  const setCount = countSets(settings);
  for (const source of [options.source, processEnv()]) {
    if (!source) continue;
    for (let set = 0; set < setCount; set++) {
      const texts = settings.map(([, variable]) => readText(source, variable.names[set]));
      if (texts.some((text) => text !== undefined)) {
        return checkSet<Setting>(settings, set, texts, options.hint);
      }
    }
  }
  throw nothingFound(settings, setCount, options.hint);
}

type Settings = readonly (readonly [setting: string, variable: EnvVariable])[];

function countSets(settings: Settings): number {
  const counts = new Set(settings.map(([, { names }]) => names.length));
  const [count] = counts;
  if (counts.size === 1 && count !== undefined && count > 0) return count;
  throw new RangeError("readEnv needs at least one setting, and as many variable names for each setting.");
}

/** `process` itself may be missing, and a bundler must not find `process.env` here to replace. */
function processEnv(): EnvSource | undefined {
  return (globalThis as { process?: { env?: EnvSource } }).process?.env;
}

function readText(source: EnvSource, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const value = source[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function checkSet<Setting extends string>(
  settings: Settings,
  set: number,
  texts: readonly (string | undefined)[],
  hint: string | undefined,
): Record<Setting, string> {
  const problems: string[] = [];
  const result: Partial<Record<string, string>> = {};
  for (const [index, [setting, variable]] of settings.entries()) {
    const text = texts[index];
    const problem = text === undefined ? "is missing" : checkVariable(text, variable);
    if (problem !== undefined) problems.push(`${variable.names[set]} ${problem}`);
    else if (text !== undefined) result[setting] = text;
  }
  if (problems.length === 0) return result as Record<Setting, string>;
  throw failure(`Environment variables are not usable: ${problems.join("; ")}.`, hint);
}

function nothingFound(settings: Settings, setCount: number, hint: string | undefined): ConfigurationError {
  const sets = Array.from({ length: setCount }, (_, set) => settings.map(([, { names }]) => names[set]).join(" and "));
  return failure(`Environment variables are missing: set ${sets.join(", or ")}.`, hint);
}

const CURES =
  "Supply them in .env.local for development, in the hosting dashboard's project settings for deployments, and under " +
  "tasks.<task>.env in turbo.json, since Turborepo hides undeclared variables. In Vite and in edge runtimes pass them in code.";

function failure(message: string, hint: string | undefined): ConfigurationError {
  return new ConfigurationError(hint === undefined ? `${message} ${CURES}` : `${message} ${CURES} ${hint}`);
}
