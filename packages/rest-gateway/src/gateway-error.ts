/** Why `startGateway` failed. */
export type GatewayErrorCode = "INVALID_OPTIONS" | "REDIS_UNREACHABLE" | "PORT_UNAVAILABLE";

/** Thrown by `startGateway`; the message says what to do. It never repeats a password or a token. */
export class GatewayError extends Error {
  override readonly name: string = "GatewayError";
  readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
