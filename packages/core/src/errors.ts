/** Stable identifiers: compare these, never messages. */
export type ErrorCode =
  | "CONFIGURATION"
  | "UNSUPPORTED_CAPABILITY"
  | "SERIALIZATION"
  | "VALIDATION"
  | "VALUE_TOO_LARGE"
  | "INVALID_KEY"
  | "WRONG_TYPE"
  | "BACKEND_UNAVAILABLE"
  | "BACKEND_TIMEOUT"
  | "BACKEND_REJECTED"
  | "QUOTA_EXCEEDED"
  | "BATCH"
  | "FACTORY_FAILED"
  | "FACTORY_TIMEOUT"
  | "SESSION_CONFLICT";

/**
 * What is known of a write after a failure: `"not-applied"` (the store never ran it) or `"unknown"`
 * (the reply was lost; it may have run).
 */
export type Outcome = "not-applied" | "unknown";

/**
 * The base of every fault that Holdfast throws. Missing, expired and conflicting are return values,
 * not faults. Messages never hold values, tokens or secrets.
 */
export class HoldfastError extends Error {
  /** Stable across releases. `name` follows from it and is the class's. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    // Not `new.target.name`: a minifier renames classes, and names go to logs.
    this.name = nameOf(code);
    this.code = code;
  }
}

/** `"BACKEND_TIMEOUT"` → `"BackendTimeoutError"`. */
function nameOf(code: ErrorCode): string {
  const words = code.split("_").map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join("")}Error`;
}

/** Options, credentials or environment variables are missing or wrong. Retrying does not help. */
export class ConfigurationError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("CONFIGURATION", message, options);
  }
}

/** The backend has no store of the kind that a feature needs. Thrown at construction. */
export class UnsupportedCapabilityError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("UNSUPPORTED_CAPABILITY", message, options);
  }
}

/** A value cannot be stored faithfully, or stored text cannot be read. Nothing was written. */
export class SerializationError extends HoldfastError {
  /** Where in the value, as in `$.user.onClick`. */
  readonly path: string;

  constructor(message: string, path: string, options?: ErrorOptions) {
    super("SERIALIZATION", message, options);
    this.path = path;
  }
}

/** An input, or a value under a schema, is not acceptable. Nothing was written. */
export class ValidationError extends HoldfastError {
  /** One line for each problem, without the value itself. */
  readonly issues: readonly string[];

  constructor(message: string, issues: readonly string[] = [], options?: ErrorOptions) {
    super("VALIDATION", message, options);
    this.issues = issues;
  }
}

/** The encoded value is over the limit. Nothing was sent. */
export class ValueTooLargeError extends HoldfastError {
  readonly sizeBytes: number;
  readonly limitBytes: number;

  constructor(message: string, sizeBytes: number, limitBytes: number) {
    super("VALUE_TOO_LARGE", message);
    this.sizeBytes = sizeBytes;
    this.limitBytes = limitBytes;
  }
}

/** A key or namespace is not a string, empty, too long, or not well-formed Unicode. Nothing was sent. */
export class InvalidKeyError extends HoldfastError {
  constructor(message: string) {
    super("INVALID_KEY", message);
  }
}

/** The key holds another kind of value than the operation works on. Nothing was changed. */
export class WrongTypeError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("WRONG_TYPE", message, options);
  }
}

/** The store cannot be reached, or says that it cannot serve at present. */
export class BackendUnavailableError extends HoldfastError {
  readonly outcome: Outcome;

  constructor(message: string, outcome: Outcome, options?: ErrorOptions) {
    super("BACKEND_UNAVAILABLE", message, options);
    this.outcome = outcome;
  }
}

/** No answer within the timeout. The write may or may not have been applied. */
export class BackendTimeoutError extends HoldfastError {
  readonly outcome: Outcome;
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, outcome: Outcome, options?: ErrorOptions) {
    super("BACKEND_TIMEOUT", message, options);
    this.timeoutMs = timeoutMs;
    this.outcome = outcome;
  }
}

/** The store answered with an error that no other class names. The command was not applied. */
export class BackendRejectedError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("BACKEND_REJECTED", message, options);
  }
}

/** The provider's request, bandwidth, size or memory limit is used up. The command was not applied. */
export class QuotaExceededError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("QUOTA_EXCEEDED", message, options);
  }
}

/** Some commands of a batch failed. `results` holds every outcome, in the order of the commands. */
export class BatchError extends HoldfastError {
  readonly results: readonly PromiseSettledResult<unknown>[];

  constructor(message: string, results: readonly PromiseSettledResult<unknown>[], options?: ErrorOptions) {
    super("BATCH", message, options);
    this.results = results;
  }
}

/** The computation of a value failed in another process, which has the error. Calling again starts another one. */
export class FactoryFailedError extends HoldfastError {
  constructor(message: string, options?: ErrorOptions) {
    super("FACTORY_FAILED", message, options);
  }
}

/** The computation of a value took longer than `hardTimeout`. */
export class FactoryTimeoutError extends HoldfastError {
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number) {
    super("FACTORY_TIMEOUT", message);
    this.timeoutMs = timeoutMs;
  }
}

/** Another request changed the same fields of a session since this one loaded it. Nothing was written; load again and decide. */
export class SessionConflictError extends HoldfastError {
  readonly fields: readonly string[];

  constructor(message: string, fields: readonly string[]) {
    super("SESSION_CONFLICT", message);
    this.fields = fields;
  }
}
