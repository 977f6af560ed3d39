import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { inspect } from "node:util";
import { HoldfastError } from "@holdfast/core";
import { expect } from "vitest";
import { redisBackend } from "../../src/index.ts";

export const SECRET = "s3cr3t-p@ss/word";
const VALUE = "a-value-that-must-not-leak";

/** What a write of a secret value to this backend ends with. Neither it nor a password is anywhere in the error. */
export async function failureOf(options: Parameters<typeof redisBackend>[0]): Promise<HoldfastError> {
  const given = typeof options === "string" ? { url: options } : options;
  const backend = redisBackend({ commandTimeout: "400ms", ...given });
  try {
    const error: unknown = await backend.kv.set("key", VALUE, { ttlMs: 60_000 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/s3cr3t|p@ss|a-value-that/);
    return error as HoldfastError;
  } finally {
    await backend.close();
  }
}

/** Lets a server listen on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
