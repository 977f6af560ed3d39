import { ConfigurationError } from "./errors.ts";

/** Where variables are read from: `import.meta.env`, a Cloudflare Worker's `env`, or any record. */
export type EnvSource = Readonly<Record<string, unknown>>;

/** One setting and the variables that may supply it. */
export interface EnvVariable {
  /**
   * Variable names, best first. The names at one index of all settings form a set; one set supplies
   * every setting, sets are never mixed.
   */
  readonly names: readonly string[];
  /** `"url"` checks the form and the scheme. @default "text" */
  readonly kind?: "url" | "text" | undefined;
  /** Accepted schemes of a `"url"`, with the colon. @default ["https:", "http:"] */
  readonly protocols?: readonly string[] | undefined;
}

/** Where to look. */
export interface ReadEnvOptions {
  /** Read before `process.env`. */
  readonly source?: EnvSource | undefined;
}

export function readEnv<Setting extends string>(
  spec: Readonly<Record<Setting, EnvVariable>>,
  options: ReadEnvOptions = {},
): Record<Setting, string> {
  const settings = Object.keys(spec) as Setting[];
  const process = (globalThis as { process?: { env?: EnvSource } }).process?.env;
  for (const source of [options.source, process]) {
    if (!source) continue;
    for (let set = 0; set < spec[settings[0]!].names.length; set++) {
      const found = settings.map((setting) => source[spec[setting].names[set]!]);
      if (found.every((value) => typeof value === "string" && value !== "")) {
        return Object.fromEntries(settings.map((setting, i) => [setting, found[i]])) as Record<Setting, string>;
      }
      if (found.some(Boolean)) break;
    }
  }
  throw new ConfigurationError(`Missing environment variables: ${settings.flatMap((s) => spec[s].names).join(", ")}.`);
}
