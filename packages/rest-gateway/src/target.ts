import { RequestError } from "./request-error.ts";

/** A request's path and query, taken apart. */
export interface Target {
  /** The decoded path segments; none for `/`. */
  readonly segments: readonly string[];
  /** The query's parameters as further arguments, in order, without `_token`: `?EX=100&NX` gives `EX`, `100`, `NX`. */
  readonly queryArgs: readonly string[];
  readonly token: string | null;
}

const root: Target = { segments: [], queryArgs: [], token: null };

/** @param url As Node delivers it: `/set/foo?EX=100`. */
export function parseTarget(url: string): Target {
  if (url === "/") return root;
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const segments = path === "/" ? [] : path.slice(1).split("/").map(decodeSegment);
  if (queryAt < 0) return { segments, queryArgs: [], token: null };

  const queryArgs: string[] = [];
  let token: string | null = null;
  for (const [name, value] of new URLSearchParams(url.slice(queryAt + 1))) {
    if (name === "_token") token = value;
    else queryArgs.push(name, ...(value === "" ? [] : [value]));
  }
  return { segments, queryArgs, token };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new RequestError(400, "ERR the path holds a % that does not start a UTF-8 escape; write it as %25", {
      cause,
    });
  }
}
