import { z } from "zod";
import { quoteNumbers } from "./number-text.ts";
import { RequestError } from "./request-error.ts";

/** One Redis command: its name in upper case, its arguments as text or bytes. */
export interface RedisCommand {
  readonly name: string;
  readonly args: readonly (string | Buffer)[];
}

const argument = z.union([z.string(), z.number(), z.boolean()]);
const commandBody = z.array(argument).min(1);
const commandsBody = z.array(commandBody).min(1);

/** Reads the body of `POST /`. @throws {RequestError} 400 if it is not a JSON array of a name and its arguments. */
export function parseCommandBody(body: string): RedisCommand {
  return toCommand(parse(commandBody, body));
}

/** Reads the body of `/pipeline` and `/multi-exec`. @throws {RequestError} 400 if it is not an array of commands. */
export function parseCommandsBody(body: string): RedisCommand[] {
  return parse(commandsBody, body).map(toCommand);
}

/** @param name In any case; Redis does not care, the gateway's own tables want one. */
export function createCommand(name: string, args: readonly (string | Buffer)[]): RedisCommand {
  if (name === "") throw new RequestError(400, "ERR empty command");
  return { name: name.toUpperCase(), args };
}

function toCommand([name, ...args]: (string | number | boolean)[]): RedisCommand {
  return createCommand(String(name), args.map(String));
}

function parse<T>(schema: z.ZodType<T>, body: string): T {
  let json: unknown;
  try {
    json = JSON.parse(quoteNumbers(body));
  } catch (cause) {
    // The parser's own message quotes the text around the fault, which may be someone's value.
    throw new RequestError(400, "ERR failed to parse the request body as JSON", { cause });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new RequestError(400, explain(result.error.issues[0], json));
}

function explain(issue: z.core.$ZodIssue | undefined, json: unknown): string {
  const path = issue?.path ?? [];
  const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null)?.[key], json);
  if (path.length > 0 && found === null) return "ERR null args are not supported";
  if (issue?.code === "too_small") return path.length === 0 ? "ERR empty request" : "ERR empty command";
  const where = path.length === 0 ? "the body" : `$${path.map((key) => `[${String(key)}]`).join("")}`;
  return `ERR ${where} must be ${issue?.code === "invalid_union" ? "a string, a number or a boolean" : "a JSON array"}`;
}
