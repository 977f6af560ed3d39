import type { StandardSchemaV1 } from "@standard-schema/spec";
import { showPath } from "../codec/paths.ts";
import { ConfigurationError, ValidationError } from "../errors.ts";
import { redact } from "./redact.ts";

/**
 * A schema of zod, valibot, arktype or any library that implements Standard Schema, with output `T`.
 *
 * @see https://standardschema.dev
 */
export type StandardSchema<T> = StandardSchemaV1<unknown, T>;

/** More problems than this are counted, not listed. */
const LISTED_ISSUES = 20;

/**
 * Checks a value under a schema.
 *
 * @param what Names the value in messages, as in `"The value of key user:1"`.
 * @returns The schema's output, which may differ from the value; a promise only if the schema is asynchronous.
 * @throws {ValidationError} The value does not match, or the schema threw. `issues` holds `path: message` lines in
 * which whatever the library repeats of the value is blotted out.
 * @throws {ConfigurationError} It is not a Standard Schema.
 */
export function validate<T>(schema: StandardSchema<T>, value: unknown, what: string): T | Promise<T> {
  const standard = (schema as Partial<StandardSchema<T>> | null | undefined)?.["~standard"];
  if (typeof standard?.validate !== "function") {
    throw new ConfigurationError(
      "The schema does not implement Standard Schema. Use zod 3.24 or later, valibot 1, arktype 2 or the like.",
    );
  }
  let result: StandardSchemaV1.Result<T> | Promise<StandardSchemaV1.Result<T>>;
  try {
    result = standard.validate(value);
  } catch (cause) {
    throw schemaThrew(what, cause);
  }
  if (!("then" in result)) return settle(result, value, what);
  return result.then(
    (later) => settle(later, value, what),
    (cause: unknown) => {
      throw schemaThrew(what, cause);
    },
  );
}

function settle<T>(result: StandardSchemaV1.Result<T>, value: unknown, what: string): T {
  if (!result.issues) return result.value;
  const issues = result.issues.slice(0, LISTED_ISSUES).map((issue) => describe(issue, value));
  const unlisted = result.issues.length - issues.length;
  if (unlisted > 0) issues.push(`and ${unlisted} more`);
  throw new ValidationError(`${what} does not match its schema: ${issues.slice(0, 3).join("; ")}.`, issues);
}

function describe(issue: StandardSchemaV1.Issue, value: unknown): string {
  const keys = (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment));
  const steps = keys.map((key) => (typeof key === "symbol" ? "(symbol)" : key));
  return `${showPath(steps)}: ${redact(issue.message, value)}`;
}

function schemaThrew(what: string, cause: unknown): ValidationError {
  return new ValidationError(`${what} could not be checked: its schema threw.`, [], { cause });
}
