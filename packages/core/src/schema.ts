import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ValidationError } from "./errors.ts";

/** A schema of zod, valibot, arktype or any library that implements Standard Schema, with output `T`. */
export type StandardSchema<T> = StandardSchemaV1<unknown, T>;

export function validate<T>(schema: StandardSchema<T>, value: unknown, what: string): T | Promise<T> {
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then((later) => settle(later, what)) : settle(result, what);
}

function settle<T>(result: StandardSchemaV1.Result<T>, what: string): T {
  if (!result.issues) return result.value;
  throw new ValidationError(
    `${what} does not match its schema.`,
    result.issues.map(() => "invalid"),
  );
}
