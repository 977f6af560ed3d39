import {
  BackendRejectedError,
  BackendUnavailableError,
  ConfigurationError,
  type HoldfastError,
  QuotaExceededError,
  ValidationError,
  WrongTypeError,
} from "@holdfast/core";
import { redact } from "./redact.ts";
import type { TransportFailure } from "./redis-transport.ts";

/** The server does not know the script's digest; the script has to be sent whole. */
export class ScriptMissingError extends BackendRejectedError {}

/** The reply of scripts that refuse to leave the range of safe integers. */
export const OVERFLOW_REPLY = "HOLDFAST_OVERFLOW";

interface Rule {
  readonly pattern: RegExp;
  readonly make: (where: string, cause: Error) => HoldfastError;
}

/** Server error texts and what they mean to a caller. The first that matches decides. */
const RULES: readonly Rule[] = [
  {
    pattern: /^WRONGTYPE|not an integer|not a valid float/i,
    make: (where, cause) =>
      new WrongTypeError(`${where}: the key holds another kind of value than this operation works on.`, { cause }),
  },
  {
    pattern: new RegExp(`${OVERFLOW_REPLY}|would overflow`),
    make: (where, cause) =>
      new ValidationError(
        `${where}: the result would leave ±(2^53−1), where counting is exact. Nothing was changed.`,
        [],
        {
          cause,
        },
      ),
  },
  {
    pattern: /NOSCRIPT/,
    make: (where, cause) => new ScriptMissingError(`${where}: the server does not know the script.`, { cause }),
  },
  {
    pattern:
      /^(NOAUTH|WRONGPASS)|unauthorized|invalid (password|token)|without any password|invalid username-password/i,
    make: (where, cause) =>
      new ConfigurationError(
        `${where}: the server refused the credentials. Check the password or token, and that it belongs to this URL.`,
        {
          cause,
        },
      ),
  },
  {
    pattern: /^NOPERM|no permissions/i,
    make: (where, cause) =>
      new ConfigurationError(
        `${where}: these credentials may not run this command. The token or user is read-only or restricted; use the full-access one.`,
        { cause },
      ),
  },
  {
    pattern:
      /\bmax [\w ]*(requests?|bandwidth|storage|commands?|connections|clients|size)\b.*(exceeded|limit|reached)|limit exceeded|quota|^OOM/i,
    make: (where, cause) =>
      new QuotaExceededError(
        `${where}: a limit of the provider or of the server's memory is reached (${redact(cause.message)}). Raise the plan or limit, or send less.`,
        { cause },
      ),
  },
  {
    pattern: /^(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF)/,
    make: (where, cause) =>
      new BackendUnavailableError(
        `${where}: the server cannot serve at present (${redact(cause.message)}).`,
        "not-applied",
        {
          cause,
        },
      ),
  },
];

/**
 * Turns what a transport reports into the error that callers see.
 *
 * @param where The store and the operation, as in `"redis: GET"`.
 */
export function toHoldfastError(failure: TransportFailure, where: string): HoldfastError {
  if (failure.kind === "misconfigured") return new ConfigurationError(`${where}: ${failure.message}`);
  // The client's own error object is left behind: it carries the command's arguments.
  const cause = new Error(redact(failure.message));
  if (failure.kind === "unreachable") {
    return new BackendUnavailableError(
      `${where}: the server cannot be reached (${cause.message}). Check that it runs and that the URL is right.`,
      failure.outcome,
      { cause },
    );
  }
  const rule = RULES.find(({ pattern }) => pattern.test(cause.message));
  if (rule) return rule.make(where, cause);
  return new BackendRejectedError(`${where}: the server refused the command (${cause.message}).`, { cause });
}
