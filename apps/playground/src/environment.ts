import { ConfigurationError } from "@holdfast/core";
import { z } from "zod";

/** The storages that Atlas can run on. */
export const backendNames = ["memory", "redis", "upstash", "vercel-kv"] as const;

export type BackendName = (typeof backendNames)[number];

/** What the process's environment decides. */
export interface Environment {
  readonly backend: BackendName;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
}

const schema = z.object({
  BACKEND: z
    .enum(backendNames, { error: `must be one of ${backendNames.join(", ")}, as in: BACKEND=redis npm start` })
    .default("memory"),
  HOST: z.string().max(253, { error: "must be a host name or address" }).default("127.0.0.1"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: "must be a number from 0 to 65535; 0 means any free port" })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: "must be a number from 0 to 65535; 0 means any free port" })
    .default(3000),
});

/**
 * Reads BACKEND (default `memory`), HOST (default `127.0.0.1`) and PORT (default 3000). Empty counts as absent.
 *
 * @throws {ConfigurationError} Lists every variable that is wrong, and what it may be.
 */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = schema.safeParse({
    BACKEND: source["BACKEND"] || undefined,
    HOST: source["HOST"] || undefined,
    PORT: source["PORT"] || undefined,
  });
  if (parsed.success) return { backend: parsed.data.BACKEND, host: parsed.data.HOST, port: parsed.data.PORT };
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")} ${issue.message}.`);
  throw new ConfigurationError(`Atlas cannot start with these environment variables:\n${problems.join("\n")}`);
}
