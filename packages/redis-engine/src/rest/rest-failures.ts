import { connectionFailure, rootOf } from "../connection-failures.ts";
import type { TransportFailure } from "../redis-transport.ts";

/** What answers, answers in other words. */
export const NO_ENDPOINT: TransportFailure = {
  kind: "misconfigured",
  message: "What answers there is not a Redis REST endpoint. Check the URL.",
};
/** Where the client begins to repeat the whole command, values included. */
const COMMAND_ECHO = /, command was: .*$/s;
const NO_ERROR_TEXT: TransportFailure = {
  kind: "unreachable",
  message: "it failed without an error of Redis: the URL is not a Redis REST endpoint, or a proxy on the way failed",
  outcome: "unknown",
};
/** The endpoint, not the server behind it, is what fails. */
const ENDPOINT_DOWN =
  /bad gateway|service unavailable|gateway timeout|internal server error|ECONNREFUSED|cannot reach/i;

/** Says what an error of the HTTP client means. */
export function toRestFailure(error: unknown): TransportFailure {
  const root = rootOf(error);
  switch (root.name) {
    case "UpstashError": {
      const message = root.message.replace(COMMAND_ECHO, "");
      if (/^(?:undefined|null)?$/.test(message)) return NO_ERROR_TEXT;
      return ENDPOINT_DOWN.test(message) ? { kind: "unreachable", message, outcome: "unknown" } : rejected(message);
    }
    case "SyntaxError":
    case "UpstashJSONParseError":
      return {
        kind: "unreachable",
        message: "the answer is not JSON: the URL is not a Redis REST endpoint, or a proxy on the way failed",
        outcome: "unknown",
      };
    case "AbortError":
    case "TimeoutError":
      return { kind: "unreachable", message: "the request was aborted", outcome: "unknown" };
    default:
      return connectionFailure(root);
  }
}

/** An error text that the server gave for one command. */
export function rejected(message: string): TransportFailure {
  return { kind: "rejected", message };
}
