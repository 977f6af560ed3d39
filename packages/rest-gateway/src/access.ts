import { createHash, timingSafeEqual } from "node:crypto";
import { RequestError } from "./request-error.ts";

/** What a token's bearer may do. */
export type Access = "full" | "read-only";

/** Says what a request may do, by its `Authorization` header or, failing that, its `_token` parameter. */
export type Authenticate = (authorization: string | undefined, queryToken: string | null) => Access;

/** @returns A function that throws a `RequestError` with status 401 for a missing or unknown token. */
export function createAuthenticate(token: string, readOnlyToken: string | undefined): Authenticate {
  const full = digest(token);
  const readOnly = readOnlyToken === undefined ? undefined : digest(readOnlyToken);
  return (authorization, queryToken) => {
    const given = authorization === undefined ? queryToken : bearerToken(authorization);
    if (given !== null) {
      // Digests have one length, so the comparison's duration says nothing of the token.
      const candidate = digest(given);
      if (timingSafeEqual(candidate, full)) return "full";
      if (readOnly && timingSafeEqual(candidate, readOnly)) return "read-only";
    }
    throw new RequestError(401, "WRONGPASS invalid or missing auth token");
  };
}

function bearerToken(authorization: string): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
