import type { TransportFailure } from "./redis-transport.ts";

/** Errors after which the server surely has not seen the command. */
const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TLS_AGAINST_PLAIN = /wrong version number|packet length too long|SSL routines|tlsv1 alert|ERR_SSL/i;
const CERTIFICATE = /certificate|CERT_|altname/i;

/** What is known of an error, whatever wraps it. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** Node's or undici's code, or empty. */
  readonly code: string;
}

/** The error that explains most: a cluster's last node error, an aggregate's first, a wrapper's cause. */
export function rootOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: "" };
  if ("lastNodeError" in error && error.lastNodeError instanceof Error) return rootOf(error.lastNodeError);
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return rootOf(error.errors[0]);
  if (error.cause instanceof Error) return rootOf(error.cause);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { name: error.name, message: error.message, code };
}

/** What an error of the connection, not of the server, means. */
export function connectionFailure({ name, message, code }: ErrorFacts): TransportFailure {
  const all = `${code} ${message}`;
  if (TLS_AGAINST_PLAIN.test(all)) {
    return {
      kind: "misconfigured",
      message:
        "The TLS handshake failed: the server may not speak TLS on this port. Use the plain scheme (redis://, http://), or the TLS port.",
    };
  }
  if (CERTIFICATE.test(all)) {
    return {
      kind: "misconfigured",
      message: `The server's certificate was not accepted (${code || "invalid"}). Check the host's name and the authority that signed it.`,
    };
  }
  return {
    kind: "unreachable",
    message: message || code || name,
    outcome: NEVER_CONNECTED.has(code) ? "not-applied" : "unknown",
  };
}
